"""Reception: pauses, silence and misunderstandings. Rules: S-REC-01, S-REC-11, SLA-01, SLA-80, C-46."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReceptionRules:
    """How long the bot listens, waits and remembers.

    Attributes:
        gather_s: pause that ends a burst of messages, seconds (C-46); 0 takes each message at once.
        gather_max_s: a burst is taken at the latest after this many seconds.
        idle_ask_min, idle_close_min: minutes of silence until the gentle question and the polite end (SLA-80).
        form_keep_days: a half-filled form is offered again for this long.
        silent_file_min: minutes after which a silent resident's complete request is filed (design.md 11).
        misunderstandings: in a row, until a person comes.
        sure: at or above this confidence a reading is taken; below, one question with the two likeliest.
        certain: at or above this confidence a wish interrupts free text, and a complete request is filed unconfirmed.
        open_tickets: open tickets of one resident, beyond which a person helps (reliability.md 7).
        pictures: pictures kept with one ticket.
    """

    gather_s: float = 2.5
    gather_max_s: float = 8.0
    idle_ask_min: int = 10
    idle_close_min: int = 30
    form_keep_days: int = 7
    silent_file_min: int = 10
    misunderstandings: int = 2
    sure: float = 0.5
    certain: float = 0.75
    open_tickets: int = 10
    pictures: int = 9
