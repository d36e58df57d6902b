"""One bite of the daily deletion, and what is told of it (reliability.md 6)."""

from collections import Counter
from dataclasses import fields
from datetime import timedelta

from handlers.changes import Change
from handlers.effects import Purge
from handlers.facts import Facts
from handlers.rules.retention import RetentionRules
from storage.retention import Keep
from storage.unit_of_work import UnitOfWork

#: Between two bites others get the writer.
PAUSE = timedelta(seconds=1)
MEDIA_BITE = 200


def purge(uow: UnitOfWork, effect: Purge, facts: Facts) -> list[Change]:
    """Delete a bite; ask for the next one, or record the day's counts. Files are deleted after the commit."""
    now, rules = facts.now, facts.rules.retention
    counts = Counter(uow.retention.purge(now, keep(rules)))
    names = uow.media.older(now - timedelta(days=rules.media_days), MEDIA_BITE)
    counts["media"] = uow.media.drop(names)
    total = {name: count for name, count in (counts + Counter(effect.counts)).items() if count}
    changes = [Change("media_deleted", {"names": list(names)})] if names else []
    if +counts:
        uow.timers.set("retention_bite", effect.subject, "estate", now + PAUSE, total, now)
        return changes
    if total:
        uow.records.add("retention", effect.subject, total, None, now)
        changes.append(Change("retention", total))
    return changes


def keep(rules: RetentionRules) -> Keep:
    """The settings as storage takes them."""
    known = {field.name for field in fields(RetentionRules)}
    return Keep(**{field.name: getattr(rules, field.name) for field in fields(Keep) if field.name in known})
