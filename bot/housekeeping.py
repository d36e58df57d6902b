"""After the daily deletion: files whose rows are gone are deleted too, and the counts are logged (reliability.md 6)."""

import logging

from bot.pictures import Gallery
from bot.pipeline import Committed

log = logging.getLogger("guanjia.housekeeping")


class Housekeeping:
    """Listens to committed turns."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery

    def committed(self, done: Committed) -> None:
        """Delete the files of a committed bite; tell what a day's run deleted."""
        for change in done.changes:
            if change.kind == "media_deleted":
                for name in change.data["names"]:
                    self._gallery.drop(str(name))
            elif change.kind == "retention":
                for kind, count in change.data.items():
                    log.info("retention.deleted", extra={"kind": kind, "count": count})
