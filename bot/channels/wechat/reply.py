"""Passive replies: what the waiting request answers with (protocol.md 8). Pure."""

from wechatpy.replies import TextReply

from bot.channels.text import TEXT_BYTES, clean, parts, with_buttons
from storage.message import OutboxRow


def text_reply(*, sender: str, receiver: str, text: str, created: int) -> str:
    """The XML of a text reply; `created` in seconds since 1970.

    wechatpy closes a CDATA section where the text says `]]>` (protocol.md 17.3, defect 7), so that is split first.
    """
    content = clean(text).replace("]]>", "]]]]><![CDATA[>")
    rendered: str = TextReply(source=sender, target=receiver, time=created, content=content).render()
    return rendered


def compose(row: OutboxRow, limit: int = TEXT_BYTES) -> tuple[str, str]:
    """What the person reads in this call, and what of an overlong row is left for a message of its own.

    A passive reply has no buttons, so they are numbered lines. `limit` in bytes of UTF-8.
    """
    whole = with_buttons(row.body, row.buttons).strip()
    if len(whole.encode()) <= limit:
        return whole, ""
    first = parts(whole, limit, most=2)[0]
    return first, whole[len(first) :].lstrip()
