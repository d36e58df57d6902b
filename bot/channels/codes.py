"""Error codes of the platforms and the class of each (reliability.md 4, protocol.md 15)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.channels.base import Outcome, Receipt
from bot.channels.http import Answer, Trouble

#: A channel that is configured wrongly is probed this often, seconds.
PROBE_S = 300.0
MINUTE_S = 60.0
#: Quotas by day end at midnight of the platform.
PLATFORM_ZONE = ZoneInfo("Asia/Shanghai")

#: Codes of a call whose access token is not accepted.
TOKEN_CODES = frozenset({40001, 40014, 41001, 42001})
#: A repeat of something that the platform has taken before.
ALREADY_SENT = 45065
TOO_LONG = 45002

_CLASSES: Mapping[Outcome, tuple[int, ...]] = {
    "token": tuple(sorted(TOKEN_CODES)),
    "pace": (45009, 45011, 45066),
    "window": (43101, 45015, 45047, 95018),
    "recipient": (40003, 40050, 43004, 43019, 46004, 48002, 50002, 60111, 81013, 82001),
    "content": (40007, 40008, 40033, 40058, 44002, 44004, 45001, TOO_LONG, 47001, 47003, 87014),
    "config": (
        40013, 40037, 40056, 40057, 40091, 40125, 40164, 41002, 41004, 42007, 43002, 43003, 48001, 48004, 50001, 60011,
        60020, 61004, 89503, 93000, 95000, 95004, 95011, 95012, 95017,
    ),
}  # fmt: skip
_OUTCOMES: Mapping[int, Outcome] = {code: outcome for outcome, codes in _CLASSES.items() for code in codes}


def outcome_of(code: int) -> Outcome:
    """The class of an error code; an unknown one is tried again (INV-12)."""
    return _OUTCOMES.get(code, "retry")


def receipt(code: int, now: datetime, *, daily: bool) -> Receipt:
    """What an error code of a send means.

    Args:
        code: not 0.
        now: aware.
        daily: 45009 is a quota of the day (公众号) and not of the minute (WeCom, robots).
    """
    outcome = outcome_of(code)
    if code == ALREADY_SENT:
        return Receipt("sent", code=str(code))
    pause_s = 0.0
    if outcome == "pace":
        pause_s = seconds_to_midnight(now) if daily and code == 45009 else MINUTE_S
    elif outcome == "config":
        pause_s = PROBE_S
    return Receipt(outcome, code=str(code), pause_s=pause_s)


def seconds_to_midnight(now: datetime) -> float:
    """Until the platform's day ends."""
    local = now.astimezone(PLATFORM_ZONE)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - local).total_seconds()


def read(answer: Answer | Trouble, *names: str) -> tuple[int, dict[str, Any]] | Receipt:
    """The code and the object of a JSON answer; a receipt when there is none to read (INV-11).

    A missing code counts as unknown too: only an explicit 0 is a definite success. `names` are what the platform may
    call the code, `errcode` if none is given.
    """
    match answer:
        case Trouble("refused", reason):
            return Receipt("config", code=reason, pause_s=PROBE_S)
        case Trouble("unsent", reason):
            return Receipt("retry", code=reason)
        case Trouble(_, reason):
            return Receipt("unknown", code=reason)
    found = answer.json() if answer.status < 300 else None
    if found is None:
        return Receipt("unknown", code=f"http_{answer.status}")
    code = next((found[name] for name in names or ("errcode",) if name in found), None)
    if not isinstance(code, int) or isinstance(code, bool):
        return Receipt("unknown", code="unreadable")
    return code, found
