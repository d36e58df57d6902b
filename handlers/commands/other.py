"""与物业无关: perhaps the desk's business after all, else a kind word on what we can do. Rules: S-REC-04, SC-D112."""

from handlers.commands import binding, reception
from handlers.dialog.form import Start, Step
from handlers.effects import Say
from handlers.facts import Facts
from handlers.knowledge import answered, look_up
from handlers.rules.money_words import is_question
from nlp.meaning import Act

INTENTS = ("other",)


def answer(act: Act, facts: Facts) -> list[Step] | None:
    """Officials, prospects and known questions are helped whatever they were taken for; others are declined kindly."""
    text = act.text or facts.inbound.text
    special = binding.take(text, facts) or reception.take(text, facts)
    if special is not None:
        return special
    if reception.names_service(text) and not is_question(text):
        return [Start("service", reception.begin(act, text, facts))]
    found = look_up(text, facts).sure
    if found is not None:
        return answered(found)
    return [Say("common.other" if facts.speaker.staff is None else "staff.unclear")]
