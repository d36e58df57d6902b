"""Which of several homes a payment wish is about; then it is done. Rules: S-FEE-01."""

from handlers.account import act, wish_of
from handlers.dialog.form import Answers, Form, Slot, Step
from handlers.effects import Button
from handlers.facts import Facts
from handlers.readers import Option, choice
from handlers.rules.access import account_homes
from storage.model import Home


def _homes(facts: Facts) -> tuple[Home, ...]:
    return account_homes(facts.speaker.homes, facts.rules.access)


def _options(facts: Facts, _: Answers) -> tuple[Option, ...]:
    return tuple(Option(str(home.id), home.label) for home in _homes(facts))


def _buttons(_: Answers, facts: Facts) -> tuple[Button, ...]:
    return tuple(Button(str(home.id), home.label) for home in _homes(facts))


def finish(answers: Answers, facts: Facts) -> list[Step]:
    """Do what was wanted for the chosen home; a home that was sold meanwhile opens nothing."""
    home = next((home for home in _homes(facts) if str(home.id) == answers["home"]), None)
    wish = wish_of(answers.get("wish"))
    return act(wish, home, facts) if home is not None and wish is not None else []


FORM = Form(
    name="account_home",
    version=1,
    slots=(Slot("home", choice(_options), buttons=_buttons),),
    finish=finish,
)
