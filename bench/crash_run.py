"""Kills the served process under load and counts: nothing lost, nothing doubled (reliability.md, fault 1).

Run by hand: `.venv/bin/python bench/crash_run.py --kills 20`. Prints one line of figures; exits 1 on a loss.
"""

import argparse
import asyncio
import random
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from yarl import URL

from bot.secrets import ensure_keys
from storage.database import Database
from storage.secrecy import Cipher

ROOT = Path(__file__).resolve().parent.parent
ESTATE = ROOT / "tests" / "scenarios" / "estate"
READY_S = 20.0


@dataclass(slots=True)
class Run:
    """One crash run: a folder, a port, the process, and what residents were told."""

    folder: Path
    port: int
    process: asyncio.subprocess.Process | None = None
    accepted: dict[str, str] = field(default_factory=dict)
    starts: list[float] = field(default_factory=list)
    done: bool = False

    @property
    def base(self) -> str:
        """The address of the served process."""
        return f"http://127.0.0.1:{self.port}"

    def command(self, *words: str) -> list[str]:
        """A `guanjia` command on this run's configuration."""
        return [sys.executable, "-m", "bot", *words, "--config", str(self.folder / "config.yaml")]


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare(folder: Path, port: int) -> Run:
    """Write the configuration of a run."""
    var = folder / "var"
    (folder / "config.yaml").write_text(
        f"server: {{host: 127.0.0.1, port: {port}}}\n"
        f"var: {var}\n"
        f"database: {{url: 'sqlite:///{var}/guanjia.db'}}\n"
        "dialog: {gather_s: 0.3}\n",
        encoding="utf-8",
    )
    return Run(folder, port)


async def call(run: Run, *words: str) -> None:
    """Run a command to its end."""
    process = await asyncio.create_subprocess_exec(*run.command(*words), cwd=ROOT)
    if await process.wait() != 0:
        raise SystemExit(f"guanjia {words[0]} failed")


async def start(run: Run, session: aiohttp.ClientSession) -> None:
    """Serve and wait until ready; remembers how long that took."""
    began = time.monotonic()
    run.process = await asyncio.create_subprocess_exec(
        *run.command("serve"), cwd=ROOT, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    while time.monotonic() - began < READY_S:
        try:
            async with session.get(f"{run.base}/readyz", timeout=aiohttp.ClientTimeout(total=2)) as response:
                if response.status == 200:
                    run.starts.append(time.monotonic() - began)
                    return
        except (aiohttp.ClientError, TimeoutError):
            await asyncio.sleep(0.05)
    raise SystemExit("the server did not become ready")


async def resident(run: Run, number: int) -> None:
    """One suggestion, which opens a ticket at once; what was not acknowledged is repeated with the same id."""
    text = f"建议在南门外多放一排自行车架，第{number}排"
    client_id = f"crash-{number:08d}"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        while not run.done:
            try:
                if not session.cookie_jar.filter_cookies(URL(run.base)):
                    async with session.get(f"{run.base}/chat") as page:
                        await page.read()
                body = {"client_id": client_id, "text": text}
                async with session.post(f"{run.base}/api/v1/chat/messages", json=body) as response:
                    if response.status in (200, 201):
                        run.accepted[client_id] = (await response.json())["id"]
                        return
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            await asyncio.sleep(0.1)


async def load(run: Run, total: int, per_second: float) -> None:
    """Residents come one after the other at a steady rate."""
    waiting = []
    for number in range(total):
        waiting.append(asyncio.create_task(resident(run, number)))
        await asyncio.sleep(1 / per_second)
    await asyncio.gather(*waiting)


async def kill_and_restart(run: Run, kills: int, session: aiohttp.ClientSession, dice: random.Random) -> None:
    """Kill -9 at random moments."""
    for _ in range(kills):
        await asyncio.sleep(dice.uniform(0.2, 1.5))
        assert run.process is not None
        run.process.send_signal(signal.SIGKILL)
        await run.process.wait()
        await start(run, session)


def check(run: Run) -> dict[str, int]:
    """Open the database and count."""
    keys = ensure_keys(run.folder / "var")
    database = Database(f"sqlite:///{run.folder}/var/guanjia.db", Cipher(keys.cipher_bytes))
    with database.reading() as uow:
        tickets = Counter(
            ticket.source_key.partition(":")[0] for ticket in uow.tickets.search("", open_only=False, limit=100_000)
        )
        pending = uow.inbox.pending()
        unsent = uow.outbox.backlog()
        dead = len(uow.inbox.dead())
    database.close()
    ids = {id_.removeprefix("i") for id_ in run.accepted.values()}
    return {
        "accepted": len(run.accepted),
        "lost": len(ids - set(tickets)),
        "doubled": sum(count - 1 for count in tickets.values()),
        "rows_shared": len(run.accepted) - len(ids),
        "pending": pending,
        "unsent": unsent,
        "dead": dead,
    }


async def crash(kills: int, rate: float, seed: int) -> dict[str, int]:
    """The whole run in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        run = prepare(Path(name), free_port())
        await call(run, "migrate")
        for kind in ("homes", "residents", "staff"):
            await call(run, "import", kind, str(ESTATE / f"{kind}.csv"))
        async with aiohttp.ClientSession() as session:
            await start(run, session)
            seconds = kills * 2.2
            await asyncio.gather(
                load(run, int(seconds * rate), rate), kill_and_restart(run, kills, session, random.Random(seed))
            )
            for _ in range(900):
                async with session.get(f"{run.base}/readyz") as response:
                    queues = await response.json()
                if not (queues["inbox"] or queues["outbox"]):
                    break
                await asyncio.sleep(0.1)
            run.done = True
            assert run.process is not None
            run.process.terminate()
            await run.process.wait()
        figures = check(run)
        figures["kills"] = kills
        figures["slowest_start_ms"] = int(max(run.starts) * 1000)
        return figures


def main() -> None:
    """Parse options, run, print, judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--rate", type=float, default=20.0, help="residents a second")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    figures = asyncio.run(crash(chosen.kills, chosen.rate, chosen.seed))
    print(figures)
    bad = figures["lost"] or figures["doubled"] or figures["rows_shared"] or figures["pending"] or figures["dead"]
    raise SystemExit(1 if bad else 0)


if __name__ == "__main__":
    main()
