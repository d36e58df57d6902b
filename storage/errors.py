"""What can go wrong in storage.

StorageError
├── Conflict    a version or a unique key was lost to somebody else: read again and decide again
├── Stale       the lease was lost: whoever holds it now does the work
├── Busy        locked, full or gone for the moment: try again later
├── Sealed      a personal column cannot be opened: wrong key or damaged bytes
└── Outdated    the schema is not the one this program was written for
"""


class StorageError(Exception):
    """Storage failed."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


class Conflict(StorageError):  # noqa: N818 - an expected outcome of a race, not a defect
    """Somebody else was first."""


class Stale(StorageError):  # noqa: N818
    """The lease was lost."""


class Busy(StorageError):  # noqa: N818
    """The database does not take this now."""


class Sealed(StorageError):  # noqa: N818
    """A personal column cannot be opened with this key."""


class Outdated(StorageError):  # noqa: N818
    """The schema of the database is not the one of this program."""
