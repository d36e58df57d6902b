"""One transaction: the only way to read and write. Every repository of one estate on one connection."""

from contextlib import AbstractContextManager
from datetime import datetime

from storage.bills import Bills
from storage.cache import Cache
from storage.conversations import Conversations
from storage.counters import Counters
from storage.faq import Questions
from storage.homes import Homes
from storage.identities import Identities
from storage.imports import Imports
from storage.inbox import Claim, Inbox
from storage.leases import Leases
from storage.media import Media
from storage.orders import Orders
from storage.outbox import Outbox
from storage.people import People
from storage.privacy import Privacy
from storage.reach import Reach
from storage.records import Records
from storage.repository import Scope
from storage.retention import Retention
from storage.secrecy import Cipher
from storage.sessions import Sessions
from storage.staff import Roster
from storage.statement import Connection
from storage.tasks import Tasks
from storage.tickets import Tickets
from storage.timers import Timers


class UnitOfWork:
    """The repositories of one estate inside one open transaction."""

    def __init__(self, connection: Connection, community_id: str, cipher: Cipher, cache: Cache | None = None) -> None:
        """`cache` outlives the transaction; the database gives its own."""
        scope = Scope(connection, community_id, cipher, cache or Cache())
        self.community_id = community_id
        self._connection = connection
        self.people = People(scope)
        self.staff = Roster(scope)
        self.identities = Identities(scope, self.people, self.staff)
        self.inbox = Inbox(scope, self.identities)
        self.outbox = Outbox(scope)
        self.timers = Timers(scope)
        self.conversations = Conversations(scope)
        self.homes = Homes(scope)
        self.tickets = Tickets(scope, self.homes)
        self.bills = Bills(scope)
        self.orders = Orders(scope)
        self.faq = Questions(scope)
        self.tasks = Tasks(scope)
        self.records = Records(scope)
        self.counters = Counters(scope)
        self.media = Media(scope)
        self.leases = Leases(scope)
        self.sessions = Sessions(scope)
        self.imports = Imports(scope, self.identities, self.sessions)
        self.privacy = Privacy(scope)
        self.reach = Reach(scope)
        self.retention = Retention(scope)

    def delete_person_data(self, channel: str, user_id: str, now: datetime) -> None:
        """Forget a channel user who left or withdrew his consent (reliability.md 6); see `privacy.forget`."""
        self.privacy.forget(channel, user_id, now)

    def rejoin(self, claim: Claim, now: datetime) -> bool:
        """Whether the speaker of an unbound lane was bound since its rows were stored (INV-5).

        His talk then goes on where he speaks now: the claim is given back, and what waits, the conversation, tickets
        and timers of the old lane go over. A conversation that the new lane has already is kept.
        """
        kind, _, who = claim.lane.partition(":")
        channel, _, user_id = who.partition(":")
        identity = self.identities.find(channel, user_id) if kind == "user" else None
        if identity is None or identity.lane == claim.lane:
            return False
        self.inbox.put_back(claim, now)
        self.inbox.move(claim.lane, identity.lane, now)
        if identity.person_id is not None:
            self.tickets.move_lane(claim.lane, identity.lane, identity.person_id)
        self.timers.move(claim.lane, identity.lane)
        if self.conversations.load(claim.lane).version and not self.conversations.load(identity.lane).version:
            self.conversations.move(claim.lane, identity.lane)
        return True

    def savepoint(self) -> AbstractContextManager[None]:
        """A block whose writes are undone when it raises, and nothing else."""
        return self._connection.savepoint()
