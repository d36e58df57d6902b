"""Hours in which pushes may go out. Rules: C-47, domain.md 0.4."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When residents may be written to without having asked, in the estate's zone.

    Attributes:
        open, close: first and last minute of the day for pushes that are not urgent (C-47).
        margin_min: a push that was moved earlier leaves this long before `close` or before its limit.
    """

    open: time = time(9, 0)
    close: time = time(20, 0)
    margin_min: int = 10


def allowed(hours: QuietHours, at: datetime, zone: tzinfo) -> bool:
    """Whether a push may go out at `at` (aware); `close` itself is already quiet (C-47)."""
    return hours.open <= at.astimezone(zone).time().replace(tzinfo=None) < hours.close


def next_allowed(hours: QuietHours, at: datetime, zone: tzinfo) -> datetime:
    """The first allowed moment not before `at`, in the zone of `at` (C-47)."""
    local = at.astimezone(zone)
    if allowed(hours, at, zone):
        return at
    day = local.date() if local.time() < hours.open else local.date() + timedelta(days=1)
    return datetime.combine(day, hours.open, zone).astimezone(at.tzinfo)


def latest_before(hours: QuietHours, limit: datetime, zone: tzinfo) -> datetime:
    """The last allowed moment before `limit`: earlier, never later (C-47). In the zone of `limit`."""
    margin = timedelta(minutes=hours.margin_min)
    local = (limit - margin).astimezone(zone)
    if local.time() < hours.open:
        last = datetime.combine(local.date() - timedelta(days=1), hours.close, zone) - margin
    elif local.time() >= hours.close:
        last = datetime.combine(local.date(), hours.close, zone) - margin
    else:
        last = local
    return last.astimezone(limit.tzinfo)
