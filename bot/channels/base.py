"""What every channel is to the spine: it parses what comes and sends what leaves."""

from dataclasses import dataclass
from typing import Literal, Protocol

from storage.message import OutboxRow

Outcome = Literal["sent", "unknown", "retry", "token", "pace", "window", "recipient", "content", "config"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one send. Classes are those of reliability.md 4.

    Attributes:
        outcome: `sent` only after a definite platform success (INV-11); `unknown` for time-outs, resets and what cannot
            be read.
        code: the platform's error code, for the log and the console.
        message_id: the platform's id of the sent message.
        pause_s: how long this channel's quota must rest (pace), or the channel itself (config).
    """

    outcome: Outcome
    code: str | None = None
    message_id: str | None = None
    pause_s: float = 0.0


class Channel(Protocol):
    """One configured account. `name` is `kind.account`, e.g. `wechat.main`."""

    name: str

    async def send(self, row: OutboxRow) -> Receipt:
        """Send one message. Never raises for what the platform or the network does; that is the receipt's outcome."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """A platform limit kept before the call (INV-13): at most `messages` in `seconds` for one key."""

    messages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Window:
    """What a platform lets us say to a person after his own words: `messages` within `hours` (protocol.md 10.1)."""

    messages: int
    hours: float = 48.0
