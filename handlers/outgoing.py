"""What a turn says: texts rendered, addresses found, answers joined into one, a reply kept for its request."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never

from handlers import effects as e
from handlers.addressing import is_refused, joins, still_there
from handlers.facts import Facts
from handlers.rules import courtesy
from handlers.texts import Rendered, Texts
from storage.message import InboxRow, NewMessage, OutboxRow
from storage.model import Address, Staff, Ticket
from storage.unit_of_work import UnitOfWork

#: Priorities of outgoing work (INV-13): emergency, reply, ticket notice, reminder.
EMERGENCY, REPLY, NOTICE = 3, 2, 1


@dataclass(frozen=True, slots=True)
class Directory:
    """Which channel account reaches a group and a member of staff; `reply_window_s` by channel for passive replies."""

    groups: Mapping[str, str] = field(default_factory=dict)
    staff: str = "console"
    reply_window_s: Mapping[str, float] = field(default_factory=dict)


class Outgoing:
    """Collects the messages of one turn and writes them together."""

    def __init__(
        self,
        uow: UnitOfWork,
        texts: Texts,
        directory: Directory,
        facts: Facts,
        row: InboxRow,
        *,
        waiter: str | None = None,
    ) -> None:
        """What messages are made with.

        Args:
            uow: the open transaction.
            texts: renders what is said.
            directory: where groups and staff are reached.
            facts: what the turn was decided on.
            row: the last inbox row of the turn: its request gets the reply.
            waiter: that request, when it waits in this process: the reply is leased to it at once.
        """
        self._uow = uow
        self._texts = texts
        self._directory = directory
        self._facts = facts
        self._row = row
        self._waiter = waiter
        self._reserved = False
        self._staff: dict[int, Staff | None] = {}
        self._out: list[NewMessage] = []
        #: The lane that speaks; a binding changes it.
        self.lane = facts.speaker.lane

    def __len__(self) -> int:
        """How many messages there are so far."""
        return len(self._out)

    def write(self) -> OutboxRow | None:
        """Put everything into the outbox, in order; gives the reply that is leased to its waiting request, if any."""
        answer = None
        if self._out:
            ids = self._uow.outbox.add(self._out, self._facts.now)
            for message, id_ in zip(self._out, ids, strict=True):
                if message.taken_by is not None and id_ is not None:
                    answer = self._uow.outbox.taken(message, id_, self._facts.now)
        return answer

    def say(self, say: e.Say, ticket: Ticket | None) -> bool:
        """Take a sentence up; False when there is nobody whom it can reach."""
        lane = say.to.lane if isinstance(say.to, e.ToLane) else self.lane
        if is_refused(self._uow, say, lane):
            return True
        address = self._address(say.to, ticket)
        if address is not None:
            address = still_there(self._uow, say, lane, address)
        if address is None:
            return False
        rendered = self._rendered(say, address, ticket)
        id_ = str(ticket.id) if ticket else ""
        extra = tuple((button.key.replace("{ticket}", id_), self._label(button)) for button in say.buttons)
        until = self._reserved_until(say, address)
        self._put(
            NewMessage(
                to=address,
                kind=say.kind,
                text_key=say.key,
                body=rendered.body,
                buttons=tuple(rendered.buttons) + extra,
                ticket_id=ticket.id if ticket else None,
                not_before=say.not_before or self._facts.now,
                expires_at=say.expires_at,
                priority=EMERGENCY if say.urgent else REPLY if say.kind == "reply" else NOTICE,
                dedupe=say.dedupe,
                reserved_for=self._row.id if until else None,
                reserved_until=until,
                taken_by=self._waiter if until else None,
                data={"media": list(say.media)} if say.media else {},
            )
        )
        return True

    def _rendered(self, say: e.Say, address: Address, ticket: Ticket | None) -> Rendered:
        """The words; a push out of the blue begins with who we are and ends with thanks (S-REC-20)."""
        estate, now = self._facts.estate, self._facts.now
        plain = self._texts.render(e.Phrase(say.key, say.params), estate=estate, now=now, ticket=ticket)
        if say.kind != "push" or say.urgent or address.kind != "resident" or not self._is_out_of_the_blue(say.to):
            return plain
        before = (e.Phrase("common.greeting"),) if courtesy.lacks_self(plain.body, estate.name) else ()
        after = (e.Phrase("common.thanks"),) if courtesy.lacks_end(plain.body) else ()
        framed = {"before": before, **say.params, "after": after}
        return self._texts.render(e.Phrase(say.key, framed), estate=estate, now=now, ticket=ticket)

    def _is_out_of_the_blue(self, to: e.Recipient) -> bool:
        lane = to.lane if isinstance(to, e.ToLane) else self.lane
        known = self._facts.conversation if lane == self.lane else self._uow.conversations.load(lane)
        minutes = self._facts.rules.reception.idle_close_min
        return courtesy.is_out_of_the_blue(self._facts.now, known.touched_at, minutes)

    def _put(self, message: NewMessage) -> None:
        """Several answers of one turn to the same person are one message: "shown in one reply" (S-TRI-01)."""
        last = self._out[-1] if self._out else None
        if last is None or not joins(last, message):
            self._out.append(message)
            return
        media = [*last.data.get("media", ()), *message.data.get("media", ())]
        keys = [*last.data.get("keys", (last.text_key,)), message.text_key]
        self._out[-1] = replace(
            last,
            body=f"{last.body}\n{message.body}",
            buttons=(*last.buttons, *(each for each in message.buttons if each not in last.buttons)),
            ticket_id=last.ticket_id or message.ticket_id,
            data={"keys": keys, **({"media": media} if media else {})},
        )

    def _label(self, button: e.Button) -> str:
        if isinstance(button.label, str):
            return button.label
        return self._texts.render(button.label, estate=self._facts.estate, now=self._facts.now).body

    def _reserved_until(self, say: e.Say, address: Address) -> datetime | None:
        """Until when the first reply waits for the request that it answers (design.md 11, Passive reply)."""
        answers = isinstance(say.to, e.ToSpeaker) and self._facts.inbound.data.get("passive") and not self._reserved
        until = self._row.received_at + timedelta(seconds=self._directory.reply_window_s.get(address.channel, 0.0))
        if not answers or until <= self._facts.now:
            return None
        self._reserved = True
        return until

    def _address(self, to: e.Recipient, ticket: Ticket | None) -> Address | None:
        match to:
            case e.ToSpeaker():
                return self._facts.speaker.address
            case e.ToLane(lane):
                found = self.address_of(lane)
                return found or (ticket.reporter if ticket and ticket.reporter_lane == lane else None)
            case e.ToStaff(staff_id):
                staff = self.staff(staff_id)
                account = staff.account if staff and staff.account else f"staff-{staff_id}"
                return Address("staff", self._directory.staff, account)
            case e.ToGroup(name):
                return Address("group", self._directory.groups.get(name, "console"), name)
            case _:
                assert_never(to)

    def address_of(self, lane: str) -> Address | None:
        """Where a lane is reached."""
        if lane == self.lane:
            return self._facts.speaker.address
        return self._uow.conversations.load(lane).address or self._uow.identities.address_of(lane)

    def staff(self, staff_id: int) -> Staff | None:
        """One member of staff, read once a turn."""
        if staff_id not in self._staff:
            self._staff[staff_id] = self._uow.staff.get(staff_id)
        return self._staff[staff_id]
