"""Server CPU per WeChat callback, as a ratio to a bare aiohttp handler in the same run (reliability.md, speed).

Run by hand: `.venv/bin/python bench/turn_bench.py`. Three servers, one after the other, each in a process of its own:
`bare` reads the body and answers; `store` verifies, decrypts and stores the push durably; `turn` also understands it,
opens the ticket and answers with the encrypted passive reply. Prints CPU per message, ratio, throughput, p50 and p99.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from aiohttp import web

from bot import app as composition
from bot.channels.envelope import Envelope
from bot.clock import SystemClock
from bot.config import Config
from bot.secrets import ensure_keys
from bot.serving import open_database, settle_memory
from bot.web import callbacks
from storage.import_row import HomeKey, HomeRow, ResidentRow
from storage.model import Tenure

ROOT = Path(__file__).resolve().parent.parent
TOKEN, AES, APP, GH = "BenchToken01", "q" * 43, "wx0123456789abcdef", "gh_bench"
KINDS = ("bare", "store", "turn")
TEXTS = ("厨房水龙头关不紧，明天上午来修一下", "卧室插座没反应了，后天下午有空", "阳台推拉门卡住了，周六上午都在家")


@dataclass(frozen=True, slots=True)
class Figures:
    """What one server needed."""

    cpu_us: float
    per_second: float
    p50_ms: float
    p99_ms: float
    answered: int
    rss_mb: float


def config_text(var: Path) -> str:
    """One account, no burst pause, a database of its own."""
    return (
        f"var: {var}\ndatabase: {{url: 'sqlite:///{var}/guanjia.db'}}\ndialog: {{gather_s: 0}}\n"
        f"channels: {{wechat: {{main: {{app_id: {APP}, original_id: {GH}, token: {TOKEN}, aes_key: {AES}, "
        "secret: benchsecret0123456789}}}\n"
    )


def prepare(folder: Path, people: int) -> Config:
    """Write the configuration and fill the house table and the roster."""
    path = folder / "config.yaml"
    path.write_text(config_text(folder / "var"), encoding="utf-8")
    config = Config.load(path, {})
    database = open_database(config, ensure_keys(config.var))
    database.migrate()
    now = SystemClock().now()
    with database.transaction() as uow:
        keys_ = [HomeKey(None, str(1 + n // 100), "1", str(101 + n % 100)) for n in range(people)]
        uow.imports.homes([HomeRow(key) for key in keys_], now)
        rows = [
            ResidentRow(key, f"住户{n}", f"138{n:08d}", Tenure.OWNER, account=f"o{n:07d}")
            for n, key in enumerate(keys_)
        ]
        uow.imports.residents(rows, now)
    database.close()
    return config


async def bare(request: web.Request) -> web.Response:
    """The yardstick: read the body, answer."""
    await request.read()
    return web.Response(text="success")


def serve(kind: str, port: int, config_path: Path) -> None:
    """Run one server until killed."""
    if kind == "bare":
        app = web.Application()
        app.router.add_post("/callback/wechat/main", bare)
    else:
        config = Config.load(config_path, {})
        keys = ensure_keys(config.var)
        if kind == "store":
            composition.Parts.begin = _nothing  # type: ignore[method-assign] - the worker stays asleep
        app = composition.build(config, SystemClock(), open_database(config, keys), keys)
        if kind == "store":
            app.cleanup_ctx.clear()
            desk = app[callbacks.DESK]  # nobody takes the turn, so nobody waits for its reply
            app[callbacks.DESK] = replace(desk, deadlines=callbacks.Deadlines(answer=0.0))
    if kind != "bare":
        settle_memory()
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


async def _nothing(_: object) -> None:
    return


def letters(count: int, offset: int) -> list[tuple[str, bytes]]:
    """Encrypted pushes of different residents, ready to be posted."""
    envelope = Envelope([TOKEN], [AES], APP)
    now = int(datetime.now(UTC).timestamp())
    made = []
    for n in range(count):
        text = TEXTS[n % len(TEXTS)]
        xml = (
            f"<xml><ToUserName><![CDATA[{GH}]]></ToUserName><FromUserName><![CDATA[o{n + offset:07d}]]></FromUserName>"
            f"<CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>"
            f"<MsgId>{10**15 + n + offset}</MsgId></xml>"
        )
        sealed = envelope.seal(xml, key=0, timestamp=now, nonce="bench")
        signature = sealed.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
        query = f"?encrypt_type=aes&msg_signature={signature}&timestamp={now}&nonce=bench&signature={'0' * 40}"
        made.append((query, sealed.encode()))
    return made


def cpu_s(pid: int) -> float:
    """User and system time of a process so far."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / 100


def rss_mb(pid: int) -> float:
    """Resident memory."""
    line = next(each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def fire(base: str, made: list[tuple[str, bytes]], at_once: int) -> tuple[list[float], int]:
    """Post everything with a bounded number under way; latencies and how many got a real reply."""
    latencies: list[float] = []
    answered = 0
    queue = iter(made)
    async with aiohttp.ClientSession() as session:

        async def client() -> None:
            nonlocal answered
            for query, body in queue:
                began = time.perf_counter()
                async with session.post(f"{base}/callback/wechat/main{query}", data=body) as response:
                    answer = await response.text()
                    if response.status != 200:
                        raise SystemExit(f"status {response.status}: {answer[:200]}")
                latencies.append(time.perf_counter() - began)
                answered += "<Encrypt>" in answer

        await asyncio.gather(*(client() for _ in range(at_once)))
    return latencies, answered


async def measure(kind: str, port: int, config_path: Path, made: list[tuple[str, bytes]], at_once: int) -> Figures:
    """Start one server, warm it up, measure."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "--serve", kind, "--port", str(port), "--config", str(config_path), cwd=ROOT
    )
    try:
        base = f"http://127.0.0.1:{port}"
        await _up(base)
        warm = len(made) // 10
        await fire(base, made[:warm], at_once)
        before, began = cpu_s(process.pid), time.perf_counter()
        latencies, answered = await fire(base, made[warm:], at_once)
        wall, cpu = time.perf_counter() - began, cpu_s(process.pid) - before
        count = len(latencies)
        marks = statistics.quantiles(latencies, n=100)
        memory = rss_mb(process.pid)
        return Figures(cpu / count * 1e6, count / wall, marks[49] * 1e3, marks[98] * 1e3, answered, memory)
    finally:
        process.kill()
        await process.wait()


async def _up(base: str) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(200):
            try:
                async with session.post(f"{base}/callback/wechat/none", data=b"") as response:
                    await response.read()
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
    raise SystemExit("the server did not start")


async def run(count: int, at_once: int) -> None:
    """All three, and their ratios."""
    found: dict[str, Figures] = {}
    for index, kind in enumerate(KINDS):
        with tempfile.TemporaryDirectory() as name:
            prepare(Path(name), count)
            found[kind] = await measure(kind, 8500 + index, Path(name) / "config.yaml", letters(count, 0), at_once)
        f = found[kind]
        ratio = f.cpu_us / found["bare"].cpu_us
        print(
            f"{kind:6} {f.cpu_us:8.0f} µs CPU  {ratio:5.1f}×  {f.per_second:7.0f}/s  p50 {f.p50_ms:6.1f} ms  "
            f"p99 {f.p99_ms:6.1f} ms  replies {f.answered}  {f.rss_mb:.0f} MB"
        )


def main() -> None:
    """Measure, or serve one of the three."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--serve", choices=KINDS)
    options.add_argument("--port", type=int, default=8500)
    options.add_argument("--config", type=Path, default=None)
    options.add_argument("--count", type=int, default=2000)
    options.add_argument("--at-once", type=int, default=16)
    chosen = options.parse_args()
    if chosen.serve:
        serve(chosen.serve, chosen.port, chosen.config)
    else:
        asyncio.run(run(chosen.count, chosen.at_once))


if __name__ == "__main__":
    main()
