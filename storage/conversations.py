"""The state of each lane's talk, saved by compare-and-set on its version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Integer as Int
from sqlalchemy import bindparam, delete, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.errors import Conflict
from storage.message import Conversation, Frame
from storage.model import Address
from storage.repository import Repository
from storage.statement import Statement
from storage.tables import conversations

_mine = conversations.c.community_id == bindparam("community")
_this = _mine & (conversations.c.lane == bindparam("lane"))
_LOAD = Statement(select(conversations.c.state, conversations.c.version, conversations.c.touched_at).where(_this))
_ADD = Statement(
    insert(conversations)
    .values(
        community_id=bindparam("community"),
        lane=bindparam("lane"),
        state=bindparam("state"),
        version=literal_column("1"),
        touched_at=bindparam("now"),
    )
    .on_conflict_do_nothing(index_elements=["community_id", "lane"])
)
_SAVE = Statement(
    update(conversations)
    .where(_this, conversations.c.version == bindparam("read", type_=Int))
    .values(state=bindparam("state"), version=conversations.c.version + 1, touched_at=bindparam("now"))
)
_DROP = Statement(delete(conversations).where(_this))
_RENAME = Statement(update(conversations).where(_this).values(lane=bindparam("new")))
_HELD = Statement(
    select(conversations.c.lane, conversations.c.state, conversations.c.version, conversations.c.touched_at)
    .where(_mine)
    .order_by(conversations.c.touched_at.desc())
    .limit(bindparam("count", type_=Int))
)


class Conversations(Repository):
    """Conversations by lane."""

    __slots__ = ()

    def load(self, lane: str) -> Conversation:
        """The lane's conversation; a fresh one (version 0) when there is none."""
        row = self._connection.row(_LOAD, self._mine(lane=lane))
        return Conversation() if row is None else _read(*row)

    def save(self, lane: str, conversation: Conversation, now: datetime) -> None:
        """Save what was loaded and changed.

        Raises:
            Conflict: somebody else saved it since.
        """
        params = self._mine(lane=lane, state=_state(conversation), now=conversation.touched_at or now)
        if conversation.version:
            params["read"] = conversation.version
        if not self._connection.run(_SAVE if conversation.version else _ADD, params):
            raise Conflict

    def move(self, old: str, new: str) -> None:
        """The talk of `old` goes on in `new` with its version; what `new` had talked about is dropped."""
        self._connection.run(_DROP, self._mine(lane=new))
        self._connection.run(_RENAME, self._mine(lane=old, new=new))

    def drop(self, lane: str) -> None:
        """Forget a lane's conversation."""
        self._connection.run(_DROP, self._mine(lane=lane))

    def latest(self, limit: int) -> tuple[tuple[str, Conversation], ...]:
        """Lane and conversation of those touched last, for the console."""
        rows = self._connection.rows(_HELD, self._mine(count=limit))
        return tuple((row[0], _read(*row[1:])) for row in rows)


def _state(conversation: Conversation) -> dict[str, Any]:
    address = conversation.address
    state: dict[str, Any] = {
        "frames": [
            {
                "form": frame.form,
                "version": frame.version,
                "answers": frame.answers,
                "asked": frame.asked,
                "misses": frame.misses,
                "touched_at": frame.touched_at,
            }
            for frame in conversation.frames
        ],
        "waiting": conversation.waiting,
        "misunderstood": conversation.misunderstood,
        "held_by": conversation.held_by,
        "greeted_on": conversation.greeted_on,
        "said": conversation.said,
        "address": [address.kind, address.channel, address.user_id] if address else None,
    }
    return {name: value for name, value in state.items() if value}


def _read(state: Mapping[str, Any], version: int, touched_at: datetime) -> Conversation:
    address = state.get("address")
    return Conversation(
        frames=tuple(Frame(**frame) for frame in state.get("frames", ())),
        waiting=tuple(state.get("waiting", ())),
        misunderstood=state.get("misunderstood", 0),
        held_by=state.get("held_by"),
        greeted_on=state.get("greeted_on"),
        said=state.get("said", {}),
        address=Address(*address) if address else None,
        touched_at=touched_at,
        version=version,
    )
