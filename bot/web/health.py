"""Is it alive, is it ready, how much waits: for load balancers and Prometheus."""

import asyncio

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from bot.pipeline import Committed
from bot.web.keys import DISK, PARTS, STOPPING
from storage.errors import StorageError
from storage.message import OutboxRow

#: A database that takes longer is not ready, seconds.
ANSWER_S = 4.0


class Metrics:
    """Counters and queue lengths of this process, in a registry of its own."""

    def __init__(self) -> None:
        """Everything at zero."""
        self.registry = CollectorRegistry()
        self.turns = Counter("guanjia_turns", "Committed turns.", registry=self.registry)
        self.sent = Counter("guanjia_sent", "Messages sent.", ["kind", "channel"], registry=self.registry)
        self.tickets = Counter("guanjia_ticket_changes", "Ticket changes.", ["type", "status"], registry=self.registry)
        self.callbacks = Counter("guanjia_callbacks", "Callbacks.", ["channel", "result"], registry=self.registry)
        self.inbox = Gauge("guanjia_inbox_pending", "Inbox rows that wait.", registry=self.registry)
        self.outbox = Gauge("guanjia_outbox_pending", "Outbox rows that wait.", registry=self.registry)

    def callback(self, channel: str, result: str) -> None:
        """Count one callback."""
        self.callbacks.labels(channel, result).inc()

    def committed(self, done: Committed) -> None:
        """Count one turn."""
        self.turns.inc()
        for change in done.changes:
            if change.ticket is not None:
                self.tickets.labels(change.ticket.type.value, change.ticket.status.value).inc()

    def delivered(self, row: OutboxRow) -> None:
        """Count one message."""
        self.sent.labels(row.kind, row.to.channel).inc()


METRICS = web.AppKey("metrics", Metrics)


def setup(app: web.Application, metrics: Metrics) -> None:
    """Add the routes."""
    app[METRICS] = metrics
    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
    app.router.add_get("/metrics", measured)


async def alive(_: web.Request) -> web.Response:
    """The process answers."""
    return web.json_response({"status": "ok"})


async def ready(request: web.Request) -> web.Response:
    """Migrated, the database answers, there is room, no stop is under way (INV-32, INV-33); queue lengths beside."""
    parts = request.app[PARTS]
    if request.app[STOPPING].is_set():
        return web.json_response({"status": "stopping"}, status=503)
    disk = request.app[DISK].state()
    if disk == "full":
        return web.json_response({"status": "disk full"}, status=503)
    try:
        async with asyncio.timeout(ANSWER_S):
            inbox, outbox = await parts.store.run(lambda uow: (uow.inbox.pending(), uow.outbox.backlog()), urgent=True)
    except (StorageError, TimeoutError):
        return web.json_response({"status": "no database"}, status=503)
    low = {"disk": disk} if disk != "ok" else {}
    return web.json_response({"status": "ready", "inbox": inbox, "outbox": outbox, **low})


async def measured(request: web.Request) -> web.Response:
    """Prometheus text."""
    parts, metrics = request.app[PARTS], request.app[METRICS]
    inbox, outbox = await parts.store.read(lambda uow: (uow.inbox.pending(), uow.outbox.backlog()))
    metrics.inbox.set(inbox)
    metrics.outbox.set(outbox)
    return web.Response(body=generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
