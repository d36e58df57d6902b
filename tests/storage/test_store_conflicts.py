"""An insert that loses a race is tried again by the store itself (INV-1)."""

import pytest

from bot.store import CONFLICT_TRIES, Store
from storage.database import Database
from storage.errors import Conflict
from storage.unit_of_work import UnitOfWork


@pytest.mark.parametrize("urgent", [True, False])
async def test_a_lost_race_is_run_again_until_it_is_won(postgres: Database, urgent: bool) -> None:
    tries: list[int] = []

    def work(_: UnitOfWork) -> str:
        tries.append(1)
        if len(tries) < CONFLICT_TRIES:
            raise Conflict
        return "won"

    store = Store(postgres)
    try:
        assert await store.run(work, urgent=urgent) == "won"
    finally:
        store.close()
    assert len(tries) == CONFLICT_TRIES
