"""Two near questions of the knowledge base: which one is meant, or neither. Rules: S-INQ-01, SC-V09."""

from handlers.dialog.form import Answers, Form, Got, Read, Slot, Step
from handlers.dialog.words import is_no
from handlers.effects import Button, Phrase
from handlers.facts import Facts, FaqMatches
from handlers.knowledge import answered, unknown
from handlers.readers import Option, choice, spoken

_NEITHER = "none"


def _options(_: Facts, answers: Answers) -> tuple[Option, ...]:
    return tuple(
        Option(f"q{id_}", question) for id_, question in zip(answers["ids"], answers["questions"], strict=True)
    )


_choose = choice(_options)


def _read(facts: Facts, answers: Answers) -> Read:
    """A tap, a number, the question's words; "neither" in any of the usual ways."""
    if facts.inbound.data.get("key") == _NEITHER or is_no(spoken(facts)) or "都不是" in spoken(facts):
        return Got(_NEITHER)
    return _choose(facts, answers)


def _buttons(answers: Answers, facts: Facts) -> tuple[Button, ...]:
    offered = tuple(Button(str(option.value), option.label) for option in _options(facts, answers))
    return (*offered, Button(_NEITHER, Phrase("which_question.neither")))


def finish(answers: Answers, facts: Facts) -> list[Step]:
    """The chosen answer as it is valid today; else the first words go to a person."""
    words = str(answers["text"])
    if answers["which"] != _NEITHER:
        for faq, _ in facts.ask(FaqMatches(words, facts.today)):
            if f"q{faq.id}" == answers["which"]:
                return answered(faq)
    return unknown(str(answers.get("category") or "other"), words, facts)


FORM = Form(name="which_question", version=1, slots=(Slot("which", _read, buttons=_buttons),), finish=finish)
