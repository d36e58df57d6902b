"""Channels whose other end is this process: the built-in web chat and the staff console."""

from collections.abc import Callable

from bot.channels.base import Receipt
from storage.message import OutboxRow

#: Shows a message live to whoever has the page open; the stored row is the message itself.
Show = Callable[[OutboxRow], None]


class LocalChannel:
    """Delivered once stored: the page reads history from the database, live events are a courtesy."""

    def __init__(self, name: str, show: Show) -> None:
        """`name` is `webchat.<account>` or `console`."""
        self.name = name
        self._show = show

    async def send(self, row: OutboxRow) -> Receipt:
        """Always a success: whoever opens the page later finds the row."""
        self._show(row)
        return Receipt("sent", message_id=str(row.id))
