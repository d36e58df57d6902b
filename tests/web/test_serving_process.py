"""`guanjia serve` as a process: a first start, a second one refused, a moved clock, a clean stop (INV-31, INV-33)."""

import os
import re
import selectors
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.clock import monotonic
from bot.config import Config
from bot.secrets import Secret
from bot.serving import welcome
from handlers.texts import Texts

TEXTS = Texts.load()

_PATIENCE_S = 60.0


class Process:
    """One `guanjia serve`; its output is read line by line."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "bot", "serve", "--port", "0", *arguments]
        environ = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
        self._process = subprocess.Popen(
            command, cwd=folder, env=environ, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, bufsize=0
        )
        self._heard = b""

    @property
    def said(self) -> str:
        """Everything that was said so far."""
        return self._heard.decode(errors="replace")

    def until(self, words: str) -> str:
        """Everything said up to a line with these words."""
        assert self._process.stderr is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stderr, selectors.EVENT_READ)
            until = monotonic() + _PATIENCE_S
            while words not in self.said:
                assert selector.select(until - monotonic()), self.said
                heard = self._process.stderr.read(65_536)
                assert heard, self.said
                self._heard += heard
        return self.said

    def port(self) -> int:
        """Where it listens."""
        found = re.search(r'"serve.listening","port":(\d+)', self.until("serve.listening"))
        assert found is not None
        return int(found.group(1))

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Its exit code, when it ends by itself."""
        code = self._process.wait(timeout=_PATIENCE_S)
        assert self._process.stderr is not None
        if not self._process.stderr.closed:
            self._heard += self._process.stderr.read()
            self._process.stderr.close()
        return code

    def close(self) -> None:
        """Whatever happened, leave nothing behind."""
        if self._process.poll() is None:
            self._process.kill()
            self.wait()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[type[Process]]:
    """Starts processes and ends them with the test."""
    started: list[Process] = []

    class Kept(Process):
        def __init__(self, folder: Path, *arguments: str) -> None:
            super().__init__(folder, *arguments)
            started.append(self)

    yield Kept
    for process in started:
        process.close()


@pytest.mark.slow
def test_a_bare_start_makes_a_database_and_an_administrator(tmp_path: Path, serve: type[Process]) -> None:
    first = serve(tmp_path, "--now", "2027-03-01T10:00:00+08:00")
    port = first.port()
    assert f"http://127.0.0.1:{port}/chat" in first.said
    password = (tmp_path / "var" / "admin.password").read_text().strip()
    assert f"账号 admin，初始密码 {password}" in first.said
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        sent = answer.headers["Date"]
        assert answer.status == 200
    assert sent

    second = serve(tmp_path)
    assert second.wait() == 2
    assert "已经在运行" in second.said
    assert "Traceback" not in second.said

    began = monotonic()
    assert first.stop() == 0
    assert monotonic() - began < 10
    assert "Traceback" not in first.said

    again = serve(tmp_path)
    again.port()
    assert "初始密码" not in again.said
    assert again.stop() == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--now", "tomorrow"), "ISO 8601"),
        (("--now", "2026-11-24T10:00:00"), "时区"),
        (("--host", "0.0.0.0", "--now", "2026-11-24T10:00:00+08:00"), "127.0.0.1"),
        (
            (
                "--host",
                "203.0.113.7",
            ),
            "无法在",
        ),
    ],
)
def test_a_start_that_cannot_be_is_refused_with_a_sentence(
    tmp_path: Path, serve: type[Process], arguments: tuple[str, ...], words: str
) -> None:
    process = serve(tmp_path, *arguments)
    assert process.wait() == 2
    assert words in process.said
    assert "Traceback" not in process.said


def test_the_sample_log_ins_are_real_people_and_homes(tmp_path: Path) -> None:
    (tmp_path / "sample.password").write_text("sample-password\n")
    config = Config.load(None, {"GUANJIA__VAR": str(tmp_path)})
    words = welcome(config, TEXTS, 8080, Secret("first-password"))
    sample = Path(__file__).resolve().parents[2] / "bot" / "sample"
    staff = (sample / "staff.csv").read_text(encoding="utf-8")
    numbers = re.findall(r"[A-Z]\d{3}", words)
    assert numbers
    assert all(f"\n{number}," in staff for number in numbers)
    home = re.search(r"(\d+)栋(\d+)单元(\d+)", words)
    tail = re.search(r"尾号 (\d{4})", words)
    assert home is not None
    assert tail is not None
    residents = (sample / "residents.csv").read_text(encoding="utf-8").splitlines()
    known = [line for line in residents if line.startswith(",".join(home.groups()) + ",")]
    assert any(line.split(",")[4].endswith(tail.group(1)) for line in known)
    assert "sample-password" in words
    assert "first-password" in words


def test_after_the_first_start_no_password_is_shown(tmp_path: Path) -> None:
    words = welcome(Config.load(None, {"GUANJIA__VAR": str(tmp_path)}), TEXTS, 8080, None)
    assert "密码" not in words
    assert "http://127.0.0.1:8080/console" in words


def test_links_show_the_public_address(tmp_path: Path) -> None:
    environ = {"GUANJIA__VAR": str(tmp_path), "GUANJIA__SERVER__PUBLIC_URL": "https://wy.example.com"}
    assert "https://wy.example.com/chat" in welcome(Config.load(None, environ), TEXTS, 8080, None)


def test_the_moved_clock_starts_at_the_given_moment() -> None:
    from bot.clock import SystemClock

    start = datetime.fromisoformat("2027-03-01T10:00:00+08:00")
    assert (SystemClock(start).now() - start).total_seconds() < 5
