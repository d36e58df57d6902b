"""Whether a channel user can be reached: who left, and what a platform still lets us say to him.

Who left is known by a keyed hash only: the platform's rule is to delete his data (protocol.md 5.1), and yet he must
not be written to until he comes back.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, text

from storage.columns import Moment
from storage.model import Address
from storage.repository import Repository
from storage.statement import Statement
from storage.tables import inbox, outbox, records

LEFT = "left"
#: Rows to one person that are looked at; far above any platform's quota.
LOOKS_AT = 40

_LATEST = Statement(
    select(records.c.at, records.c.data)
    .where(
        records.c.community_id == bindparam("community"),
        records.c.kind == bindparam("kind"),
        records.c.subject == bindparam("subject"),
    )
    .order_by(records.c.id.desc())
    .limit(1)
)
_NOTE = Statement(
    records.insert().values(
        community_id=bindparam("community"),
        kind=bindparam("kind"),
        subject=bindparam("subject"),
        at=bindparam("at"),
        data=bindparam("data"),
    )
)
_SAID_LAST = Statement(
    select(inbox.c.received_at)
    .where(
        inbox.c.community_id == bindparam("community"),
        inbox.c.channel == bindparam("channel"),
        inbox.c.user_id == bindparam("user_id"),
        text("inbox.kind IN ('message', 'tap')"),
        inbox.c.kind == bindparam("kind"),
    )
    .order_by(inbox.c.id.desc())
    .limit(1)
)
_TOLD = Statement(
    select(outbox.c.body, outbox.c.data)
    .where(
        outbox.c.community_id == bindparam("community"),
        outbox.c.recipient == bindparam("recipient"),
        outbox.c.status == "sent",
        outbox.c.message_id.is_distinct_from("passive"),
        outbox.c.ended_at >= bindparam("since", type_=Moment()),
    )
    .order_by(outbox.c.id.desc())
    .limit(LOOKS_AT)
)


@dataclass(frozen=True, slots=True)
class Spent:
    """What was said to somebody, outside of passive replies, since his own last words.

    Attributes:
        said_at: when he wrote last; None when he never did, or was forgotten.
        told: the body of each message and how many pictures went with it, latest first.
    """

    said_at: datetime | None
    told: tuple[tuple[str, int], ...] = ()


class Reach(Repository):
    """People who left, and what a platform's window still holds."""

    __slots__ = ()

    def leave(self, address: Address, now: datetime) -> None:
        """He left, or the platform says that he cannot be reached: no pushes until he comes back."""
        if not self.is_gone(address):
            self._note(address, now, gone=True)

    def come_back(self, address: Address, now: datetime) -> None:
        """He is here again."""
        if self.is_gone(address):
            self._note(address, now, gone=False)

    def is_gone(self, address: Address) -> bool:
        """Whether he left and neither came back nor wrote since."""
        found = self._connection.row(_LATEST, self._mine(kind=LEFT, subject=self._subject(address)))
        if found is None or not found[1].get("gone"):
            return False
        said_at = self._said_at(address)
        return said_at is None or said_at <= found[0]

    def spent(self, address: Address) -> Spent:
        """What was said to him since his last words."""
        said_at = self._said_at(address)
        if said_at is None:
            return Spent(None)
        recipient = f"{address.kind}:{address.channel}:{address.user_id}"
        rows = self._connection.rows(_TOLD, self._mine(recipient=recipient, since=said_at))
        return Spent(said_at, tuple((body, len(data.get("media", ()))) for body, data in rows))

    def _said_at(self, address: Address) -> datetime | None:
        asked = self._mine(channel=address.channel, user_id=address.user_id, kind="message")
        found: datetime | None = self._connection.value(_SAID_LAST, asked)
        return found

    def _note(self, address: Address, now: datetime, *, gone: bool) -> None:
        self._connection.run(_NOTE, self._mine(kind=LEFT, subject=self._subject(address), at=now, data={"gone": gone}))

    def _subject(self, address: Address) -> str:
        return self._cipher.digest(LEFT, address.channel, address.user_id)
