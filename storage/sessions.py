"""Log-ins of staff, their passwords, and web chat visitors. Only hashes of tokens are stored (INV-27, INV-28)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, false, null, select, update
from sqlalchemy import literal_column as literal
from sqlalchemy.dialects.postgresql import insert

from storage.columns import Moment
from storage.repository import Repository
from storage.statement import Statement
from storage.tables import logins, sessions, visitors

_mine = sessions.c.community_id == bindparam("community")
_this = _mine & (sessions.c.token_hash == bindparam("token_hash"))
_START = Statement(
    insert(sessions).values(
        community_id=bindparam("community"),
        token_hash=bindparam("token_hash"),
        staff_id=bindparam("staff_id"),
        csrf=bindparam("csrf"),
        created_at=bindparam("now"),
        seen_at=bindparam("now"),
        expires_at=bindparam("expires_at"),
    )
)
_FIND = Statement(
    select(
        sessions.c.staff_id,
        sessions.c.csrf,
        sessions.c.created_at,
        sessions.c.seen_at,
        sessions.c.expires_at,
    ).where(_this)
)
_SEEN = Statement(update(sessions).where(_this).values(seen_at=bindparam("now")))
_END = Statement(delete(sessions).where(_this))
_END_ALL = Statement(delete(sessions).where(_mine, sessions.c.staff_id == bindparam("staff_id")))
_EXPIRE = Statement(delete(sessions).where(_mine, sessions.c.expires_at <= bindparam("now", type_=Moment())))

_login_mine = logins.c.community_id == bindparam("community")
_this_login = _login_mine & (logins.c.login == bindparam("login"))
_password = insert(logins).values(
    community_id=bindparam("community"),
    login=bindparam("login"),
    staff_id=bindparam("staff_id"),
    password_hash=bindparam("password_hash"),
    disabled=false(),
)
_SET_PASSWORD = Statement(
    _password.on_conflict_do_update(
        index_elements=["community_id", "login"],
        set_={
            "staff_id": _password.excluded.staff_id,
            "password_hash": _password.excluded.password_hash,
            "failures": literal("0"),
            "failed_at": null(),
            "disabled": false(),
        },
    )
)
_LOGIN = Statement(
    select(
        logins.c.login,
        logins.c.staff_id,
        logins.c.password_hash,
        logins.c.failures,
        logins.c.failed_at,
        logins.c.disabled,
    ).where(_this_login)
)
_FAILED = Statement(
    update(logins).where(_this_login).values(failures=logins.c.failures + 1, failed_at=bindparam("now"))
)
_SUCCEEDED = Statement(update(logins).where(_this_login).values(failures=literal("0"), failed_at=null()))
_DISABLE = Statement(update(logins).where(_this_login).values(disabled=bindparam("off", type_=logins.c.disabled.type)))

_visitor = insert(visitors).values(
    community_id=bindparam("community"),
    token_hash=bindparam("token_hash"),
    user_id=bindparam("user_id"),
    created_at=bindparam("now"),
    seen_at=bindparam("now"),
)
_ADD_VISITOR = Statement(_visitor.on_conflict_do_nothing(index_elements=["community_id", "token_hash"]))
_VISITOR = Statement(
    select(visitors.c.user_id).where(
        visitors.c.community_id == bindparam("community"), visitors.c.token_hash == bindparam("token_hash")
    )
)
_VISITOR_SEEN = Statement(
    update(visitors)
    .where(visitors.c.community_id == bindparam("community"), visitors.c.token_hash == bindparam("token_hash"))
    .values(seen_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Session:
    """A staff log-in. Idle and absolute limits are the caller's (INV-27)."""

    staff_id: int
    csrf: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Login:
    """A staff password: a ready-made argon2 hash, and the failures in a row since the last success."""

    login: str
    staff_id: int
    password_hash: str
    failures: int
    failed_at: datetime | None
    disabled: bool


class Sessions(Repository):
    """Log-ins and visitors."""

    __slots__ = ()

    def start(self, token_hash: str, staff_id: int, csrf: str, now: datetime, expires_at: datetime) -> None:
        """Begin a log-in."""
        params = self._mine(token_hash=token_hash, staff_id=staff_id, csrf=csrf, now=now, expires_at=expires_at)
        self._connection.run(_START, params)

    def find(self, token_hash: str, now: datetime) -> Session | None:
        """The log-in of a token, unless it has expired."""
        row = self._connection.row(_FIND, self._mine(token_hash=token_hash))
        session = None if row is None else Session(*row)
        return session if session is not None and session.expires_at > now else None

    def seen(self, token_hash: str, now: datetime) -> None:
        """The log-in was used."""
        self._connection.run(_SEEN, self._mine(token_hash=token_hash, now=now))

    def end(self, token_hash: str) -> None:
        """Log out."""
        self._connection.run(_END, self._mine(token_hash=token_hash))

    def end_all(self, staff_id: int) -> int:
        """End every log-in of a member of staff (account disabled, role changed); returns how many."""
        return self._connection.run(_END_ALL, self._mine(staff_id=staff_id))

    def expire(self, now: datetime) -> int:
        """Drop log-ins past their absolute limit; returns how many."""
        return self._connection.run(_EXPIRE, self._mine(now=now))

    def set_password(self, login: str, staff_id: int, password_hash: str) -> None:
        """Set or replace a password; failures are forgotten and a disabled account is enabled."""
        self._connection.run(_SET_PASSWORD, self._mine(login=login, staff_id=staff_id, password_hash=password_hash))

    def login(self, login: str) -> Login | None:
        """The account of a log-in name."""
        row = self._connection.row(_LOGIN, self._mine(login=login))
        return None if row is None else Login(*row)

    def failed(self, login: str, now: datetime) -> None:
        """A wrong password was given."""
        self._connection.run(_FAILED, self._mine(login=login, now=now))

    def succeeded(self, login: str) -> None:
        """The right password was given."""
        self._connection.run(_SUCCEEDED, self._mine(login=login))

    def disable(self, login: str, *, disabled: bool = True) -> None:
        """Disable an account, or enable it again."""
        self._connection.run(_DISABLE, self._mine(login=login, off=disabled))

    def add_visitor(self, token_hash: str, user_id: str, now: datetime) -> None:
        """A web chat visitor got this server-issued id."""
        self._connection.run(_ADD_VISITOR, self._mine(token_hash=token_hash, user_id=user_id, now=now))

    def visitor(self, token_hash: str) -> str | None:
        """The web chat user id behind a token."""
        found: str | None = self._connection.value(_VISITOR, self._mine(token_hash=token_hash))
        return found

    def visitor_seen(self, token_hash: str, now: datetime) -> None:
        """The visitor came back."""
        self._connection.run(_VISITOR_SEEN, self._mine(token_hash=token_hash, now=now))
