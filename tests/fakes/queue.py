"""Many inbox rows at once, for tests of what comes after them."""

from collections.abc import Iterable
from datetime import datetime

from storage.inbox import Claim
from storage.message import Inbound
from storage.unit_of_work import UnitOfWork


def put_all(uow: UnitOfWork, inbounds: Iterable[Inbound], now: datetime, priority: int = 0) -> None:
    """Store them in their own lanes."""
    for inbound in inbounds:
        uow.inbox.add(inbound, now=now, priority=priority)


def finish_all(uow: UnitOfWork, claims: Iterable[Claim], now: datetime) -> None:
    """Every row of these claims is done."""
    for claim in claims:
        uow.inbox.finish(claim, [row.id for row in claim.rows], now)
