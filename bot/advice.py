"""When an unsure reading is looked at again, and what comes of it (design.md 3, INV-25)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.llm import Label, LanguageModel, Unusable, label_of
from bot.store import Store
from handlers.load import Setting
from nlp.meaning import Act, Meaning, Reading
from storage.message import Inbound, InboxRow
from storage.unit_of_work import UnitOfWork

#: Shorter messages are answers or small talk; what they mean lies in the talk, not in them.
SHORTEST = 6
SOURCE = "llm"


@dataclass(frozen=True, slots=True)
class Adviser:
    """Asks the language model about messages below `reception.sure`, at most `daily_calls` times a day."""

    store: Store
    clock: Clock
    setting: Setting
    model: LanguageModel
    daily_calls: int

    async def second(self, row: InboxRow, inbound: Inbound, meaning: Meaning) -> Meaning:
        """The better reading, or the same; an answer is stored with the row, so that a retry does not ask again."""
        mark = _mark(meaning.text)
        stored = inbound.data.get("reading") or {}
        if stored.get("of") == mark:
            return _read_by(meaning, label_of(stored.get("intent"), stored.get("category")), self._sure)
        if not self._is_unsure(row, inbound, meaning):
            return meaning
        with self.model.free() as may:
            return await self._asked(row, mark, meaning) if may else meaning

    async def _asked(self, row: InboxRow, mark: str, meaning: Meaning) -> Meaning:
        local = self.clock.now().astimezone(self.setting.estate.zone)
        if not await self.store.run(lambda uow: self._may_ask(uow, row, local)):
            return meaning
        found = await self.model.label(meaning.text, local)
        await self.store.run(lambda uow: self._keep(uow, row, mark, found, meaning))
        return meaning if isinstance(found, Unusable) else _read_by(meaning, found, self._sure)

    @property
    def _sure(self) -> float:
        return self.setting.rules.reception.sure

    def _is_unsure(self, row: InboxRow, inbound: Inbound, meaning: Meaning) -> bool:
        """A resident's own words, of one wish, without danger in them: those are never second-guessed (INV-37)."""
        plain = inbound.kind == "message" and inbound.group is None and not row.lane.startswith("staff:")
        calm = meaning.urgency != "emergency" and meaning.first.intent != "emergency" and not meaning.closed
        unsure = len(meaning.acts) == 1 and meaning.first.confidence < self._sure
        return plain and calm and unsure and len(meaning.text) >= SHORTEST

    def _may_ask(self, uow: UnitOfWork, row: InboxRow, local: datetime) -> bool:
        """No form waits for an answer, nobody holds the chat, and the day's budget is not used up."""
        conversation = uow.conversations.load(row.lane)
        if conversation.frames or conversation.held_by is not None:
            return False
        return uow.counters.take(SOURCE, local.date().isoformat(), self.daily_calls)

    def _keep(self, uow: UnitOfWork, row: InboxRow, mark: str, found: Label | Unusable, meaning: Meaning) -> None:
        answer: Mapping[str, Any] = (
            {"outcome": found.reason}
            if isinstance(found, Unusable)
            else {"outcome": "read", "intent": found.intent, "category": found.category}
        )
        data = {**row.inbound.data, "reading": {"of": mark, "source": SOURCE, **answer}}
        uow.inbox.enriched(row.id, row.inbound.media, data)
        was = {"intent": meaning.first.intent, "category": meaning.first.category}
        uow.records.add(SOURCE, str(row.id), {**answer, "was": was}, None, self.clock.now())


def _mark(text: str) -> str:
    """Which words an answer is about: a burst that grew is asked about anew."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _read_by(meaning: Meaning, label: Label | None, sure: float) -> Meaning:
    """The reading with the model's label in front: enough to be taken, never enough to go unconfirmed."""
    if label is None:
        return meaning
    first = meaning.first
    act = Act(label.intent, label.category, sure, first.text, first.slots)
    rest = [one for one in meaning.choices if one.intent != label.intent]
    urgency = "emergency" if label.intent == "emergency" else meaning.urgency
    choices = (Reading(label.intent, label.category, sure), *rest)[:2]
    return replace(meaning, acts=(act,), urgency=urgency, choices=choices, source=SOURCE)
