"""How long things are kept before the daily deletion (reliability.md 6). Backups end within 35 days by themselves."""

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """Days after which rows are deleted; `at` is the local time of the daily job.

    Attributes:
        messages_days: what was said, in and out, after it was dealt with; above 30, or a replay acts twice (INV-3).
        media_days: pictures and voices after their ticket's end, or after they came when they belong to none.
        dead_letters_days: what could not be handled.
        conversations_days: state of talks that nobody touched.
        tickets_days: tickets after their end, with their history.
        logins_days: staff log-ins after their expiry, chat visitors after their last visit.
        records_days: audit lines; at least half a year.
    """

    at: time = time(3, 40)
    messages_days: int = 180
    media_days: int = 180
    dead_letters_days: int = 90
    conversations_days: int = 30
    tickets_days: int = 3 * 366
    logins_days: int = 30
    records_days: int = 3 * 366

    def __post_init__(self) -> None:
        if self.messages_days < 31:
            raise ValueError("messages_days 不能少于 31 天，否则平台重发的旧消息会被再办一次")
        if self.records_days < 183:
            raise ValueError("records_days 不能少于 183 天（日志至少保存六个月）")
