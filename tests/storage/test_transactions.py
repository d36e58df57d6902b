"""Transactions: all or nothing, neighbours unharmed, errors in our own words (INV-6, INV-31)."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.database import Database
from storage.errors import Busy, Conflict, StorageError
from storage.message import Conversation, Inbound
from storage.secrecy import Cipher
from storage.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
Say = Callable[..., Inbound]


def pending(database: Database) -> int:
    with database.transaction() as uow:
        return uow.inbox.pending()


def add_and_raise(uow: UnitOfWork, inbound: Inbound) -> None:
    uow.inbox.add(inbound, now=NOW)
    raise KeyError


def test_a_raising_block_leaves_nothing(database: Database, say: Say) -> None:
    with pytest.raises(KeyError), database.transaction() as uow:
        add_and_raise(uow, say())
    assert pending(database) == 0


def test_a_raising_job_does_not_undo_its_neighbours(database: Database, say: Say) -> None:
    with database.transaction() as uow:
        for user in ("a", "bad", "c"):
            try:
                with uow.savepoint():
                    uow.inbox.add(say(user), now=NOW)
                    if user == "bad":
                        raise KeyError
            except KeyError:
                continue
    assert pending(database) == 2


def test_a_failed_statement_does_not_undo_its_neighbours(database: Database, say: Say) -> None:
    with database.transaction() as uow:
        uow.inbox.add(say("a"), now=NOW)
        uow.conversations.save("user:x:y", Conversation(), NOW)
        with pytest.raises(Conflict), uow.savepoint():
            uow.conversations.save("user:x:y", Conversation(), NOW)
        with pytest.raises(Conflict), uow.savepoint():
            uow.bills.book(404, "t", 1, NOW)
        uow.inbox.add(say("b"), now=NOW)
    assert pending(database) == 2


def test_savepoints_may_stand_inside_each_other(database: Database, say: Say) -> None:
    with database.transaction() as uow, uow.savepoint():
        uow.inbox.add(say("a"), now=NOW)
        with pytest.raises(KeyError), uow.savepoint():
            add_and_raise(uow, say("b"))
    assert pending(database) == 1


def test_a_statement_of_ours_that_is_wrong_is_no_passing_trouble(database: Database) -> None:
    with pytest.raises(StorageError) as caught, database.transaction() as uow:
        uow._connection.plain("SELECT no_such_column")
    assert type(caught.value) is StorageError


def test_a_reader_sees_one_state_and_holds_nobody_up(sqlite: Database, say: Say) -> None:
    with sqlite.reading() as view:
        assert view.inbox.pending() == 0
        with sqlite.transaction() as uow:
            uow.inbox.add(say(), now=NOW)
        assert view.inbox.pending() == 0
    assert pending(sqlite) == 1


def test_a_reader_on_postgres_cannot_write(postgres: Database, say: Say) -> None:
    with pytest.raises(StorageError), postgres.reading() as view:
        view.inbox.add(say(), now=NOW)


def test_a_locked_database_is_busy(sqlite: Database, say: Say) -> None:
    with sqlite.engine.begin() as connection:
        connection.connection.driver_connection.execute("SELECT 1")  # type: ignore[union-attr]
        other = Database(str(sqlite.engine.url), Cipher(bytes(32)))
        raw = other.engine.raw_connection()
        raw.driver_connection.execute("PRAGMA busy_timeout=1")  # type: ignore[union-attr]
        raw.close()
        with pytest.raises(Busy), other.transaction() as uow:
            uow.inbox.add(say(), now=NOW)
        other.close()


def test_a_database_that_is_away_is_busy(cipher: Cipher) -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none", cipher)
    with pytest.raises(Busy), away.transaction():
        pass


def test_a_cut_connection_is_busy_once_and_then_replaced(postgres: Database, say: Say) -> None:
    with pytest.raises(Busy), postgres.transaction() as uow:
        write_after_cut(uow, postgres, say())
    assert pending(postgres) == 0


def write_after_cut(uow: UnitOfWork, database: Database, inbound: Inbound) -> None:
    with database.engine.begin() as admin:
        own = uow._connection._driver.info.backend_pid  # type: ignore[attr-defined]
        admin.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
    uow.inbox.add(inbound, now=NOW)


def test_sqlite_is_set_up_to_lose_nothing(sqlite: Database) -> None:
    with sqlite.transaction() as uow:
        driver = uow._connection._driver
        found = {
            name: driver.execute(f"PRAGMA {name}", ()).fetchone()[0]  # type: ignore[index]
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 3000, "foreign_keys": 1}


def test_postgres_waits_three_seconds_at_most_and_commits_for_good(empty_postgres: Database, cipher: Cipher) -> None:
    url = empty_postgres.engine.url.difference_update_query(["options"]).render_as_string(hide_password=False)
    database = Database(url, cipher)
    with database.transaction() as uow:
        driver = uow._connection._driver
        found = [
            driver.execute(f"SHOW {name}", ()).fetchone()[0] for name in ("statement_timeout", "synchronous_commit")
        ]  # type: ignore[index]
    database.close()
    assert found == ["3s", "on"]


def test_a_hundred_read_then_write_steps_at_once_lose_no_update(database: Database) -> None:
    def step() -> None:
        for _ in range(10):
            while True:
                try:
                    with database.transaction() as uow:
                        talk = uow.conversations.load("estate")
                        said = {"n": talk.said.get("n", 0) + 1}
                        uow.conversations.save("estate", Conversation(said=said, version=talk.version), NOW)
                    break
                except (Busy, Conflict):
                    continue

    threads = [threading.Thread(target=step) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.transaction() as uow:
        assert uow.conversations.load("estate").said == {"n": 100}


def test_an_in_memory_database_keeps_what_was_committed(cipher: Cipher, say: Say) -> None:
    database = Database("sqlite://", cipher)
    database.migrate()
    with database.transaction() as uow:
        uow.inbox.add(say(), now=NOW)
    assert pending(database) == 1
    assert database.single_writer
    database.close()


def test_readers_of_an_in_memory_database_take_turns_with_the_writer(cipher: Cipher, say: Say) -> None:
    database = Database("sqlite://", cipher)
    database.migrate()
    seen: list[int] = []

    def read() -> None:
        with database.reading() as view:
            seen.append(view.inbox.pending())

    with database.transaction() as uow:
        reader = threading.Thread(target=read)
        reader.start()
        uow.inbox.add(say(), now=NOW)
    reader.join()
    assert seen == [1]
    database.close()


def test_behind_pgbouncer_no_statement_is_prepared(empty_postgres: Database, cipher: Cipher) -> None:
    url = empty_postgres.engine.url.update_query_dict({"prepare_threshold": "none"})
    database = Database(url.render_as_string(hide_password=False), cipher)
    database.migrate()
    with database.transaction() as uow:
        for _ in range(8):
            uow.conversations.load("estate")
        driver = uow._connection._driver
        (prepared,) = driver.execute("SELECT count(*) FROM pg_prepared_statements", ()).fetchone()  # type: ignore[misc]
    database.close()
    assert prepared == 0


def test_an_error_tells_no_values(database: Database) -> None:
    with database.transaction() as uow:
        uow.conversations.save("secret-lane", Conversation(), NOW)
        rename = "UPDATE conversations SET lane = 'secret-lane'"
        uow.conversations.save("other", Conversation(), NOW)
        with pytest.raises(Conflict) as caught, uow.savepoint():
            uow._connection.plain(rename)
    assert "secret" not in str(caught.value)


def test_another_process_finds_what_was_committed(sqlite: Database, cipher: Cipher, say: Say) -> None:
    with sqlite.transaction() as uow:
        uow.inbox.add(say(), now=NOW)
    path = Path(str(sqlite.engine.url.database))
    other = Database(f"sqlite:///{path}", cipher)
    assert pending(other) == 1
    other.close()
