"""Effects to writes: one exhaustive `match` in the turn's transaction; renders texts, resolves ticket references."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, assert_never

from handlers import effects as e
from handlers.addressing import person_id_of, unreached
from handlers.changes import Change
from handlers.deletion import purge
from handlers.facts import Facts
from handlers.outgoing import Outgoing
from handlers.texts import Texts
from storage.message import Conversation, Inbound, InboxRow, OutboxRow
from storage.model import Address, Json, NewTicket, Ticket, TicketEvent
from storage.unit_of_work import UnitOfWork


@dataclass(slots=True)
class Applied:
    """What a turn wrote."""

    tickets: dict[str, Ticket] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    messages: int = 0
    answer: OutboxRow | None = None


class Applier:
    """Applies the effects of one turn in order."""

    def __init__(self, uow: UnitOfWork, texts: Texts, facts: Facts, row: InboxRow, outgoing: Outgoing) -> None:
        """What a turn is applied with.

        Args:
            uow: the open transaction.
            texts: renders the titles of tasks.
            facts: what the turn was decided on.
            row: the last inbox row of the turn: its id makes source keys unique.
            outgoing: takes what is said.
        """
        self._uow = uow
        self._texts = texts
        self._facts = facts
        self._row = row
        self._outgoing = outgoing
        self._lane = facts.speaker.lane
        self._done = Applied()
        self._tells = 0
        self._timers: list[tuple[str, str, str, datetime, Json]] = []
        self._leaving: Address | None = None

    def apply(self, effects: tuple[e.Effect, ...], conversation: Conversation) -> Applied:
        """Write everything: effects in order, messages at once at the end, then the conversation.

        Raises:
            Conflict: a version or unique key was lost to another turn.
        """
        for effect in effects:
            self._one(effect)
        self._set_timers()
        self._done.messages, self._done.answer = len(self._outgoing), self._outgoing.write()
        if conversation != self._facts.conversation:
            self._uow.conversations.save(self._lane, conversation, self._facts.now)
        if self._leaving is not None:
            self._forget(self._leaving)
        return self._done

    def _one(self, effect: e.Effect) -> None:  # noqa: C901, PLR0912 - one line per effect is the point
        match effect:
            case e.Say():
                self._say(effect)
            case e.OpenTicket():
                self._open(effect)
            case e.ChangeTicket():
                self._change(effect)
            case e.SetTimer():
                self._set_timer(effect)
            case e.CancelTimer():
                self._set_timers()
                self._uow.timers.cancel(self._subject(effect.subject, None), effect.kind)
            case e.Tell():
                self._tell(effect)
            case e.Bind():
                self._bind(effect)
            case e.Unbind():
                self._unbind()
            case e.Leave():
                self._leaving = self._facts.speaker.address
            case e.ComeBack():
                if self._facts.speaker.address is not None:
                    self._uow.reach.come_back(self._facts.speaker.address, self._facts.now)
            case e.Subscribe():
                self._uow.tickets.subscribe(self._ticket(effect.ticket).id, effect.lane or self._lane)
            case e.ChangeBill():
                self._bill(effect)
            case e.BookPayment():
                self._book(effect)
            case e.AddTask():
                self._add_task(effect)
            case e.CloseTask():
                self._uow.tasks.close(effect.kind, self._subject(effect.subject, None), self._facts.now)
            case e.Record():
                self._record(effect)
            case e.Purge():
                self._done.changes += purge(self._uow, effect, self._facts)
            case _:
                assert_never(effect)

    # --- tickets ---------------------------------------------------------------------------------------------------

    def _ticket(self, ref: e.TicketRef) -> Ticket:
        if isinstance(ref, str):
            return self._done.tickets[ref]
        known = self._done.tickets.get(f"#{ref}") or self._uow.tickets.get(ref)
        if known is None:
            raise KeyError(ref)
        return known

    def _remember(self, ticket: Ticket) -> None:
        for ref, known in list(self._done.tickets.items()):
            if known.id == ticket.id:
                self._done.tickets[ref] = ticket
        self._done.tickets[f"#{ticket.id}"] = ticket
        self._done.changes.append(Change("ticket", self._ticket_line(ticket), ticket))

    def _ticket_line(self, ticket: Ticket) -> dict[str, Any]:
        staff = self._outgoing.staff(ticket.assignee_id) if ticket.assignee_id else None
        return {
            "number": ticket.number,
            "type": ticket.type.value,
            "category": ticket.category,
            "level": ticket.level,
            "status": ticket.status.value,
            "room": ticket.home.label if ticket.home else None,
            "assignee": (staff.account or staff.name) if staff else None,
            "due": {"respond": ticket.respond_due, "finish": ticket.finish_due},
        }

    def _open(self, effect: e.OpenTicket) -> None:
        speaker = self._facts.speaker
        lane = effect.on_behalf_of or self._lane
        own = lane == self._lane and speaker.staff is None
        address = speaker.address if own else self._outgoing.address_of(lane)
        person_id = speaker.person.id if own and speaker.person else person_id_of(lane)
        building = effect.building or (effect.home.building if effect.home else None)
        ticket = self._uow.tickets.open(
            NewTicket(
                type=effect.type,
                category=effect.category,
                status=effect.status,
                urgency=effect.urgency,
                summary=effect.summary[:500],
                level=effect.level,
                home_id=effect.home.id if effect.home else None,
                building=building,
                unit=effect.unit or (effect.home.unit if effect.home else None),
                place=effect.place,
                public_area=effect.public_area,
                object=effect.object,
                wanted_start=effect.wanted.start if effect.wanted else None,
                wanted_end=effect.wanted.end if effect.wanted else None,
                reporter_lane=lane,
                reporter=address,
                person_id=person_id,
                contact_phone=effect.contact_phone,
                group=effect.group,
                assignee_id=effect.assignee_id,
                respond_due=effect.respond_due,
                finish_due=effect.finish_due,
                rework_of=effect.rework_of,
                merged_into=effect.merged_into,
                source_key=f"{self._row.id}:{effect.source_index}",
                extra={**effect.extra, **({"media": list(effect.media)} if effect.media else {})},
                day=self._facts.today,
                actor=self._actor(),
                channel=self._facts.inbound.channel,
            ),
            self._facts.now,
        )
        self._keep(ticket.id, effect.media)
        self._done.tickets[effect.ref] = ticket
        self._remember(ticket)

    def _actor(self) -> str:
        speaker = self._facts.speaker
        if self._facts.inbound.kind == "timer":
            return "clock"
        return f"staff:{speaker.staff.id}" if speaker.staff else f"resident:{speaker.lane}"

    def _change(self, effect: e.ChangeTicket) -> None:
        before = self._ticket(effect.ticket)
        after = effect.changes.get("status")
        event = TicketEvent(
            ticket_id=before.id,
            at=self._facts.now,
            actor=self._actor(),
            move=effect.move,
            from_status=before.status.value,
            to_status=str(after) if after is not None else before.status.value,
            reason=effect.reason,
            channel=self._facts.inbound.channel,
            data=effect.data,
        )
        touched = f"#{before.id}" in self._done.tickets
        version = before.version if touched or effect.version is None else effect.version
        self._keep(before.id, (*effect.extra.get("media", ()), *effect.data.get("media", ())))
        self._remember(self._uow.tickets.change(before.id, effect.changes, effect.extra, version, event))

    def _keep(self, ticket_id: int, shown: Iterable[Mapping[str, Any]]) -> None:
        """Stored files become the ticket's, so that they live as long as it does (reliability.md 6)."""
        if names := [str(item["id"]) for item in shown if item.get("id")]:
            self._uow.media.attach(names, ticket_id)

    # --- messages --------------------------------------------------------------------------------------------------

    def _say(self, say: e.Say) -> None:
        ticket = self._ticket(say.ticket) if say.ticket is not None else None
        if not self._outgoing.say(say, ticket):
            self._unreachable(say, ticket)

    def _unreachable(self, say: e.Say, ticket: Ticket | None) -> None:
        """Nobody to send it to: a named task for a person instead of silence (P3)."""
        self._add_task(
            e.AddTask(
                kind="unreachable",
                subject=unreached(say, ticket, f"{self._row.id}:{say.key}:{len(self._outgoing)}"),
                title=e.Phrase("task.unreachable", {"what": e.Phrase(say.key, say.params)}),
                role="front_desk",
                ticket=ticket.id if ticket else None,
            ),
            ticket,
        )

    # --- the rest --------------------------------------------------------------------------------------------------

    def _subject(self, subject: str, ticket: e.TicketRef | None) -> str:
        for ref, known in self._done.tickets.items():
            subject = subject.replace(f"{{{ref}}}", str(known.id))
        return subject.replace("{ticket}", str(self._ticket(ticket).id)) if ticket is not None else subject

    def _set_timer(self, effect: e.SetTimer) -> None:
        subject = self._subject(effect.subject, effect.ticket)
        self._timers.append((effect.kind, subject, effect.lane or self._lane, effect.due_at, effect.data))

    def _set_timers(self) -> None:
        """Write the timers that were set so far; a ticket alone sets seven."""
        if self._timers:
            self._uow.timers.set_many(self._timers, self._facts.now)
            self._timers.clear()

    def _tell(self, effect: e.Tell) -> None:
        ticket = self._ticket(effect.ticket).id if effect.ticket is not None else None
        self._tells += 1
        inbound = Inbound(
            channel="told",
            user_id=effect.lane,
            key=f"{self._row.id}:{self._tells}",
            kind="told",
            data={"event": effect.event, "data": dict(effect.data), "ticket": ticket},
            sent_at=self._facts.now,
        )
        self._uow.inbox.add(inbound, now=self._facts.now, lane=effect.lane)

    def _bind(self, effect: e.Bind) -> None:
        address = self._facts.speaker.address
        if address is None:
            raise KeyError("bind without an address")
        identity = self._uow.identities.bind(
            address.channel, address.user_id, effect.person_id, self._facts.now, effect.notice_version
        )
        if identity.lane != self._lane:
            self._set_timers()
            self._uow.inbox.move(self._lane, identity.lane)
            self._uow.tickets.move_lane(self._lane, identity.lane, effect.person_id)
            self._uow.timers.move(self._lane, identity.lane)
            self._uow.conversations.move(self._lane, identity.lane)
            self._lane = self._outgoing.lane = identity.lane
        self._done.changes.append(Change("binding", {"person": effect.person_id, "home": effect.home_id}))

    def _unbind(self) -> None:
        address = self._facts.speaker.address
        if address is not None:
            self._uow.identities.unbind(address.channel, address.user_id)

    def _forget(self, address: Address) -> None:
        """Whoever unfollows takes his data along (protocol.md 5.1); what is open goes on without pushes to him."""
        self._uow.delete_person_data(address.channel, address.user_id, self._facts.now)
        self._uow.reach.leave(address, self._facts.now)

    def _bill(self, effect: e.ChangeBill) -> None:
        changes = {
            name: getattr(effect, name)
            for name in ("status", "paid_fen", "paid_at", "reminded", "first_reminded_at", "hold_until")
            if getattr(effect, name) is not None
        }
        bill = self._uow.bills.change(effect.bill_id, changes, effect.extra)
        if effect.status is not None:
            self._done.changes.append(Change("bill", {"number": bill.number, "status": bill.status.value}))

    def _book(self, effect: e.BookPayment) -> None:
        if self._uow.bills.book(effect.bill_id, effect.transaction, effect.amount_fen, effect.paid_at):
            found = self._uow.bills.get(effect.bill_id)
            if found:
                bill = found[0]
                self._done.changes.append(Change("bill", {"number": bill.number, "status": bill.status.value}))

    def _add_task(self, effect: e.AddTask, ticket: Ticket | None = None) -> None:
        if ticket is None and effect.ticket is not None:
            ticket = self._ticket(effect.ticket)
        rendered = self._texts.render(effect.title, estate=self._facts.estate, now=self._facts.now, ticket=ticket)
        subject = self._subject(effect.subject, effect.ticket)
        added = self._uow.tasks.add(
            effect.kind,
            subject,
            rendered.body,
            effect.role,
            self._facts.now,
            due_at=effect.due_at,
            ticket_id=ticket.id if ticket else None,
            data=effect.data,
        )
        if added:
            line = {"kind": effect.kind, "subject": subject, "title": rendered.body, "role": effect.role}
            self._done.changes.append(Change("task", line))

    def _record(self, effect: e.Record) -> None:
        ticket_id = self._ticket(effect.ticket).id if effect.ticket is not None else None
        subject = self._subject(effect.subject, effect.ticket)
        self._uow.records.add(effect.kind, subject, dict(effect.data), ticket_id, self._facts.now)
        self._done.changes.append(Change(effect.kind, {"subject": subject, **effect.data}))
