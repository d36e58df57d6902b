"""What could not be said is put in front of people (P3): dead and expired messages, channels that are out of order."""

import logging
from dataclasses import dataclass
from datetime import datetime

from bot.channels.base import Receipt
from bot.digest import headline
from handlers.effects import Phrase
from handlers.facts import Estate
from handlers.outgoing import EMERGENCY
from handlers.texts import Texts
from storage.message import NewMessage, OutboxRow
from storage.model import Address, Role
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("guanjia.delivery")

MANAGERS = "manager"
CONSOLE = "console"
WHAT_CHARS = 30


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Tells people; in the transaction in which the message ends.

    Attributes:
        texts: the words.
        estate: whose words and whose day.
        managers: the channel account that reaches the managers' group.
    """

    texts: Texts
    estate: Estate
    managers: str = CONSOLE

    def dead(self, uow: UnitOfWork, row: OutboxRow, receipt: Receipt, now: datetime) -> None:
        """A message that will never arrive: a named task."""
        params = {"channel": row.to.channel, "code": receipt.code or receipt.outcome}
        title = self._words("task.undelivered", now, **params)
        uow.tasks.add("undelivered", str(row.id), title, Role.FRONT_DESK.value, now, ticket_id=row.ticket_id)
        log.error("outbox.dead", extra={"message_id": row.id, "code": receipt.code, "outcome": receipt.outcome})

    def expired(self, uow: UnitOfWork, row: OutboxRow, now: datetime) -> None:
        """A message whose useful time is over: one task for each kind of message and day."""
        day = now.astimezone(self.estate.zone).date()
        title = self._words("task.expired", now, what=headline(row)[:WHAT_CHARS])
        uow.tasks.add("expired", f"{row.text_key}:{day}", title, Role.FRONT_DESK.value, now, data={"row": row.id})
        log.warning("outbox.expired", extra={"message_id": row.id})

    def down(self, uow: UnitOfWork, channel: str, code: str | None, now: datetime) -> None:
        """A channel that is set up wrongly: once a task and an alert, until it works again (reliability.md 4)."""
        params = {"channel": channel, "code": code}
        title = self._words("channel.down.task", now, **params)
        if uow.tasks.add("channel_down", channel, title, Role.CS_MANAGER.value, now, data=params):
            to = Address("group", CONSOLE if channel == self.managers else self.managers, MANAGERS)
            body = self._words("channel.down.alert", now, **params)
            alert = NewMessage(to, body, kind="alert", text_key="channel.down.alert", priority=EMERGENCY)
            uow.outbox.add([alert], now)

    def works(self, uow: UnitOfWork, channel: str, now: datetime) -> None:
        """A channel that may have been out of order works."""
        uow.tasks.close("channel_down", channel, now)

    def _words(self, key: str, now: datetime, **params: object) -> str:
        return self.texts.render(Phrase(key, params), estate=self.estate, now=now).body
