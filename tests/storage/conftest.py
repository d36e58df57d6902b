"""A migrated database of each kind for every storage test; PostgreSQL only when it answers."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from storage.database import Database
from storage.message import Inbound
from storage.model import Address
from storage.secrecy import Cipher, test_cipher
from storage.tables import homes

POSTGRES = os.environ.get("GUANJIA_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/test")


@cache
def postgres_answers() -> bool:
    """Asked once in a run."""
    engine = create_engine(POSTGRES, poolclass=NullPool, connect_args={"connect_timeout": 2})
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False


@pytest.fixture
def cipher() -> Cipher:
    """A fixed key."""
    return test_cipher()


@pytest.fixture
def empty_sqlite(tmp_path: Path, cipher: Cipher) -> Iterator[Database]:
    """A SQLite file without tables."""
    database = Database(f"sqlite:///{tmp_path / 'guanjia.db'}", cipher)
    yield database
    database.close()


@contextmanager
def fresh_schema() -> Iterator[str]:
    """The URL of a schema without tables, dropped afterwards."""
    schema = f"guanjia_{uuid.uuid4().hex}"
    admin = create_engine(POSTGRES, poolclass=NullPool)
    with admin.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    options = f"-c search_path={schema} -c synchronous_commit=off"
    yield make_url(POSTGRES).update_query_dict({"options": options}).render_as_string(hide_password=False)
    with admin.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


@pytest.fixture
def empty_postgres(cipher: Cipher) -> Iterator[Database]:
    """A PostgreSQL schema without tables."""
    if not postgres_answers():
        pytest.skip("PostgreSQL does not answer")
    with fresh_schema() as url:
        database = Database(url, cipher)
        yield database
        database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest) -> Database:
    """A database without tables, of each kind."""
    found: Database = request.getfixturevalue(f"empty_{request.param}")
    return found


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file; each test works on a copy."""
    path = tmp_path_factory.mktemp("migrated") / "guanjia.db"
    database = Database(f"sqlite:///{path}", Cipher(bytes(32)))
    database.migrate()
    database.close()
    return path


@pytest.fixture
def sqlite(migrated_file: Path, tmp_path: Path, cipher: Cipher) -> Iterator[Database]:
    """A migrated SQLite file."""
    path = shutil.copy(migrated_file, tmp_path / "guanjia.db")
    database = Database(f"sqlite:///{path}", cipher)
    yield database
    database.close()


@pytest.fixture(scope="session")
def migrated_schema() -> Iterator[Database]:
    """A migrated PostgreSQL schema; it is emptied for each test, because making one takes a second."""
    if not postgres_answers():
        pytest.skip("PostgreSQL does not answer")
    with fresh_schema() as url:
        database = Database(url, test_cipher())
        database.migrate()
        yield database
        database.close()


@pytest.fixture
def postgres(migrated_schema: Database) -> Database:
    """A migrated PostgreSQL schema without rows."""
    with migrated_schema.engine.begin() as connection:
        for table in reversed(homes.metadata.sorted_tables):
            connection.execute(table.delete())
    return migrated_schema


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """A migrated database, of each kind."""
    found: Database = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def say() -> Callable[..., Inbound]:
    """Messages of residents; each has a key of its own unless one is given."""

    def make(user_id: str = "u1", text: str = "灯坏了", key: str | None = None, **fields: object) -> Inbound:
        where = {"channel": "webchat.main", "kind": "message", **fields}
        return Inbound(user_id=user_id, key=key or uuid.uuid4().hex, text=text, **where)  # type: ignore[arg-type]

    return make


@pytest.fixture
def resident() -> Address:
    """Where a resident is reached."""
    return Address("resident", "webchat.main", "u1")
