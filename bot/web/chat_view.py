"""Messages of a resident's chat as pages show them: his own, ours, which buttons are settled."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.web.media import pictures
from storage.message import InboxRow, OutboxRow

Line = dict[str, Any]
MEDIA = "/media/chat"
#: Text keys of what a member of staff says to a resident in his own words.
_BY_PERSON = frozenset({"staff.held.words", "ticket.said.words"})


def mine(row: InboxRow) -> Line:
    """A message of the resident."""
    return {
        "id": f"i{row.id}",
        "from": "me",
        "text": row.inbound.text,
        "pictures": pictures(row.inbound.media, MEDIA),
        "place": (row.inbound.data.get("location") or {}).get("label"),
        "other": _other(row),
        "at": row.received_at.isoformat(),
        "tap": row.inbound.data.get("key") if row.inbound.kind == "tap" else None,
        "client_id": row.inbound.key.rpartition(":")[2],
        "waiting": row.status in ("pending", "heard"),
    }


def _other(row: InboxRow) -> str | None:
    """What came besides words and pictures: `place`, `voice`, `video` or `file`."""
    if row.inbound.data.get("location"):
        return "place"
    kinds = {str(item.get("kind")) for item in row.inbound.media} - {"image"}
    return next((kind for kind in ("voice", "video") if kind in kinds), "file") if kinds else None


def theirs(row: OutboxRow) -> Line:
    """A message of ours."""
    return {
        "id": f"o{row.id}",
        "from": "person" if row.text_key in _BY_PERSON else "bot",
        "text": row.body,
        "pictures": pictures(row.data.get("media", ()), MEDIA),
        "buttons": [{"key": key, "label": label} for key, label in row.buttons],
        "at": row.created_at.isoformat(),
    }


def together(said: Sequence[InboxRow], heard: Sequence[OutboxRow], limit: int) -> list[Line]:
    """The last `limit` messages of both sides, oldest first, with what became of their buttons."""
    lines = [mine(row) for row in said] + [theirs(row) for row in heard]
    lines.sort(key=lambda line: (line["at"], line["from"] != "me", int(line["id"][1:])))
    mark_answered(lines)
    return lines[-limit:]


def mark_answered(lines: Sequence[Line]) -> None:
    """Buttons above a later message of the resident are settled; the tapped one is shown as chosen."""
    later: Line | None = None
    for line in reversed(lines):
        if line["from"] == "me":
            later = line
        elif line["buttons"] and later is not None:
            line["answered"] = later.get("tap") or "-"


def reworded(lines: Sequence[Line], mask: Callable[[str], str], base: str | None) -> list[Line]:
    """The same lines for another reader: words through `mask`, pictures below `base`, or none."""
    return [
        {
            **line,
            "text": mask(line["text"]),
            "place": mask(line.get("place") or ""),
            "buttons": [],
            "pictures": [f"{base}/{each.rpartition('/')[2]}" for each in line["pictures"]] if base else [],
            "hidden_pictures": 0 if base else len(line["pictures"]),
        }
        for line in lines
    ]
