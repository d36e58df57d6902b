"""投诉一并登记: a fault told in blame is a repair first; then one question whether a complaint is wished too.

Rules: domain.md appendix C, S-COMP-01, S-COMP-07.
"""

from handlers.dialog.form import Answers, Form, Slot, Start, Step
from handlers.effects import Button, Phrase, Say
from handlers.facts import Facts
from handlers.flows.parts import grievance
from handlers.readers import yes_no
from nlp.meaning import Slots


def buttons(_: Answers, __: Facts) -> tuple[Button, ...]:
    """Yes and no."""
    return tuple(Button(key, Phrase(f"also_complaint.button.{key}")) for key in ("yes", "no"))


def finish(answers: Answers, _: Facts) -> list[Step]:
    """Begin the complaint with what was told already, or let it be."""
    if not answers["wished"]:
        return [Say("also_complaint.no")]
    told = {name: answers[name] for name in ("story", "home") if name in answers}
    told |= grievance.details("，".join(answers["story"]), Slots())
    known = {"category": "property_management", "object": None, "sure": True, "acknowledged": True, "angry": True}
    return [Start("complaint", {**known, **told, "given": sorted(told)})]


FORM = Form(
    name="also_complaint",
    version=1,
    patient=True,
    finish=finish,
    slots=(
        Slot("wished", yes_no(yes=("投诉", "登记", "需要"), no=("不用", "不投诉", "不需要", "算了")), buttons=buttons),
    ),
)
