"""建议: registered with thanks, the result is promised. Rules: S-REC-16, S-REC-17, SLA-86, SC-D96."""

from typing import Any

from handlers.desk import taken_by
from handlers.dialog.form import Answers, Form, Slot, Step
from handlers.effects import OpenTicket, Say
from handlers.facts import Facts
from handlers.readers import free_text
from handlers.ticketing import file
from nlp.meaning import Act
from storage.model import TicketType

#: Shorter words only announce a suggestion ("我有个建议").
_TELLS = 9


def begin(act: Act, _: Facts) -> dict[str, Any]:
    """The words that opened it, when they say what is suggested already."""
    told = {"text": act.text} if len(act.text) >= _TELLS else {}
    return {"category": act.category or "other", **told}


def finish(answers: Answers, facts: Facts) -> list[Step]:
    """File it; director and manager weigh it, the result is told (S-CB-04)."""
    ticket = OpenTicket(
        "suggestion",
        TicketType.SUGGESTION,
        str(answers["category"]),
        str(answers["text"]),
        respond_due=taken_by(facts),
        media=facts.inbound.media,
    )
    return [*file(facts, ticket), Say("suggestion.opened", ticket="suggestion")]


FORM = Form(
    name="suggestion",
    version=1,
    starts_on=("suggestion",),
    begin=begin,
    slots=(Slot("text", free_text(min_chars=4), open=True),),
    finish=finish,
)
