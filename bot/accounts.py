"""Passwords of staff on the command line, and the first administrator of a fresh installation (INV-28)."""

from datetime import datetime

from argon2 import PasswordHasher

from bot.secrets import Secret
from storage.import_row import StaffRow
from storage.model import Role, Staff
from storage.unit_of_work import UnitOfWork

ADMIN = "admin"
#: Length of a password, any characters (reliability.md 7).
SHORTEST, LONGEST = 10, 128


def hasher() -> PasswordHasher:
    """argon2id with 19 MiB, 2 passes, 1 lane: 24 ms (INV-28)."""
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def find_staff(uow: UnitOfWork, name: str) -> Staff | None:
    """A member of staff by number (工号) or account (账号)."""
    by_number = next((member for member in uow.staff.all() if member.number == name), None)
    return by_number or uow.staff.by_account(name)


def set_password(uow: UnitOfWork, login: str, staff: Staff, password: Secret) -> None:
    """Set the password of a log-in name; every open log-in of that member ends."""
    uow.sessions.set_password(login, staff.id, hasher().hash(password.reveal()))
    uow.sessions.end_all(staff.id)


def disable(uow: UnitOfWork, login: str, staff: Staff) -> bool:
    """Shut a log-in name until it gets a new password; the member's open log-ins end at once (INV-27).

    Returns whether there is such a log-in.
    """
    if uow.sessions.login(login) is None:
        return False
    uow.sessions.disable(login)
    uow.sessions.end_all(staff.id)
    return True


def ensure_admin(uow: UnitOfWork, password: Secret, now: datetime) -> bool:
    """Make the log-in `admin` with the first password, unless it exists; True when it was made."""
    if uow.sessions.login(ADMIN) is not None:
        return False
    row = StaffRow(
        number=ADMIN,
        name="系统管理员",
        phone=None,
        post="系统管理员",
        team="",
        skills=(),
        buildings=(),
        account=ADMIN,
        role=Role.GENERAL_AFFAIRS,
    )
    uow.imports.staff([row], now)
    staff = find_staff(uow, ADMIN)
    assert staff is not None  # noqa: S101 - imported one line above
    set_password(uow, ADMIN, staff, password)
    return True
