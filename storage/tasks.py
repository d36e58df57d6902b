"""What a person must do that is no ticket: shown once per kind and subject."""

from datetime import datetime

from sqlalchemy import Integer as Int
from sqlalchemy import Text, bindparam, literal_column, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.model import Json, Task
from storage.repository import Repository
from storage.statement import Statement
from storage.tables import tasks

_mine = tasks.c.community_id == bindparam("community")
_open = tasks.c.closed_at.is_(None)
_COLUMNS = (
    tasks.c.id,
    tasks.c.community_id,
    tasks.c.kind,
    tasks.c.subject,
    tasks.c.title,
    tasks.c.assignee_role,
    tasks.c.status,
    tasks.c.created_at,
    tasks.c.due_at,
    tasks.c.ticket_id,
    tasks.c.data,
)
_GIVEN = ("title", "assignee_role", "created_at", "due_at", "ticket_id", "data")
_add = insert(tasks).values(
    community_id=bindparam("community"),
    kind=bindparam("kind"),
    subject=bindparam("subject"),
    status=literal_column("'open'"),
    **{name: bindparam(name) for name in _GIVEN},
)
_ADD = Statement(
    _add.on_conflict_do_update(
        index_elements=["community_id", "kind", "subject"],
        set_={
            "status": literal_column("'open'"),
            "closed_at": null(),
            **{name: getattr(_add.excluded, name) for name in _GIVEN},
        },
        where=tasks.c.closed_at.is_not(None),
    )
)
_CLOSE = Statement(
    update(tasks)
    .where(_mine, tasks.c.kind == bindparam("kind"), tasks.c.subject == bindparam("subject"), _open)
    .values(status=literal_column("'done'"), closed_at=bindparam("now"))
)
_CLOSE_ONE = Statement(
    update(tasks)
    .where(_mine, tasks.c.id == bindparam("id"), _open)
    .values(status=literal_column("'done'"), closed_at=bindparam("now"))
)
_role = bindparam("role", type_=Text)
_OPEN = Statement(
    select(*_COLUMNS)
    .where(_mine, _open, or_(_role.is_(None), tasks.c.assignee_role == _role))
    .order_by(tasks.c.created_at, tasks.c.id)
    .limit(bindparam("count", type_=Int))
)
_GET = Statement(select(*_COLUMNS).where(_mine, tasks.c.id == bindparam("id")))


class Tasks(Repository):
    """Tasks for people."""

    __slots__ = ()

    def add(
        self,
        kind: str,
        subject: str,
        title: str,
        role: str | None,
        now: datetime,
        *,
        due_at: datetime | None = None,
        ticket_id: int | None = None,
        data: Json | None = None,
    ) -> bool:
        """Put a task in front of a role; False when it is open already. A closed one opens again."""
        params = self._mine(
            kind=kind,
            subject=subject,
            title=title,
            assignee_role=role,
            created_at=now,
            due_at=due_at,
            ticket_id=ticket_id,
            data=data or {},
        )
        return self._connection.run(_ADD, params) > 0

    def close(self, kind: str, subject: str, now: datetime) -> bool:
        """The task is done; False when none was open."""
        return self._connection.run(_CLOSE, self._mine(kind=kind, subject=subject, now=now)) > 0

    def close_by_id(self, id_: int, now: datetime) -> bool:
        """A person has done it; False when it was not open."""
        return self._connection.run(_CLOSE_ONE, self._mine(id=id_, now=now)) > 0

    def open(self, role: str | None = None, limit: int = 100) -> tuple[Task, ...]:
        """Open tasks, of one role or all, oldest first."""
        return tuple(Task(*row) for row in self._connection.rows(_OPEN, self._mine(role=role, count=limit)))

    def get(self, id_: int) -> Task | None:
        """One task."""
        row = self._connection.row(_GET, self._mine(id=id_))
        return None if row is None else Task(*row)
