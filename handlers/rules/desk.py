"""Hours of the front desk and what it promises. Rules: SLA-02..04, SLA-24, SLA-35, SLA-60, SLA-61, SLA-81."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class DeskRules:
    """When people are there and how soon they answer.

    Attributes:
        opens, closes: hours of the front desk, every day, local time (SLA-60).
        viewing_opens, viewing_closes: hours of viewings without an appointment, local time (SLA-60).
        viewing_until: latest hour of a viewing by appointment, local time (SLA-61).
        answer_h: hours in which the desk answers an open question while it is open (SLA-24).
        next_morning: by when it answers what was asked outside its hours, local time.
        morning_min: minutes after opening by which what came in the night is taken.
        take_over_s, duty_take_over_s: seconds until a person takes a chat, in and outside desk hours (SLA-81).
        pause_s, pause_again_s: seconds until a holder who put somebody off is reminded, then again (SLA-02).
        box, box_at, box_check_at: whether there is a contact box, when it is opened each day and when that is
            looked at (SLA-35), local time.
        letter_pass_min, letter_answer_h: minutes until a letter is in the manager's hand, hours until it is answered
            (SLA-03, SLA-04).
        faq_certain: score of an answer that is given whatever else is near.
        faq_sure, faq_gap: score of a confident answer, and how far it must be ahead of the second.
        faq_near, faq_spread: score of an answer worth asking about, and how far it may be behind the best.
    """

    opens: time = time(8)
    closes: time = time(17, 30)
    viewing_opens: time = time(8)
    viewing_closes: time = time(17, 30)
    viewing_until: time = time(21)
    answer_h: float = 2.0
    next_morning: time = time(10)
    morning_min: int = 30
    take_over_s: int = 60
    duty_take_over_s: int = 300
    pause_s: int = 60
    pause_again_s: int = 240
    box: bool = True
    box_at: time = time(9)
    box_check_at: time = time(17)
    letter_pass_min: int = 10
    letter_answer_h: float = 24.0
    faq_certain: float = 0.9
    faq_sure: float = 0.6
    faq_gap: float = 0.1
    faq_near: float = 0.4
    faq_spread: float = 0.25


def is_open(local: datetime, rules: DeskRules) -> bool:
    """Whether the front desk is there at `local` (aware, estate's zone)."""
    return rules.opens <= local.time() < rules.closes


def next_opening(local: datetime, rules: DeskRules) -> datetime:
    """The next moment at which the desk opens, strictly later than `local` (aware, estate's zone)."""
    today = datetime.combine(local.date(), rules.opens, local.tzinfo)
    return today if local < today else today + timedelta(days=1)


def promised_by(local: datetime, hours: float, rules: DeskRules) -> datetime:
    """When an answer is promised: `hours` from now inside desk hours, else the next morning (SLA-24).

    `local` is aware in the estate's zone; so is the result, on a full five minutes, never earlier than promised.
    """
    soon = _round_up(local + timedelta(hours=hours))
    if is_open(local, rules) and soon <= datetime.combine(local.date(), rules.closes, local.tzinfo):
        return soon
    morning = datetime.combine(local.date(), rules.next_morning, local.tzinfo)
    return morning if local.time() < rules.opens else morning + timedelta(days=1)


def take_over_due(now: datetime, local: datetime, rules: DeskRules) -> datetime:
    """By when a person must have taken the chat (SLA-81)."""
    seconds = rules.take_over_s if is_open(local, rules) else rules.duty_take_over_s
    return now + timedelta(seconds=seconds)


def _round_up(moment: datetime) -> datetime:
    minutes = -(-moment.minute // 5) * 5 if moment.second == 0 else (moment.minute // 5 + 1) * 5
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=minutes)
