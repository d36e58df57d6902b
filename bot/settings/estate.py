"""Who we are: the estate, or several of them sharing one installation."""

from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from bot.settings.base import AccountKey, Settings


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("不是时区名，例如 Asia/Shanghai") from error
    return name


ZoneName = Annotated[str, AfterValidator(_zone)]


class OfficeHours(Settings):
    """When the front desk is staffed, local time; the bot answers at any hour."""

    start: time
    end: time

    @model_validator(mode="after")
    def _in_order(self) -> "OfficeHours":
        if self.start >= self.end:
            raise ValueError("start 应早于 end")
        return self


class Estate(Settings):
    """An estate 小区. `phones` by purpose (service, duty, fire, police ...); `households` is for rates in reports.

    `office_hours` become those of `rules.desk`.
    """

    name: str = Field(default="蓝谷地", min_length=1, max_length=20)
    city: str = ""
    zone: ZoneName = "Asia/Shanghai"
    phones: dict[str, Annotated[str, Field(pattern=r"^[0-9+\-转 ]{3,24}$")]] = Field(default_factory=dict)
    office_hours: OfficeHours | None = None
    households: int = Field(default=0, ge=0)

    @property
    def timezone(self) -> ZoneInfo:
        """The zone as an object."""
        return ZoneInfo(self.zone)


#: Community id -> estate. The id is in every table, so it never changes.
Communities = dict[AccountKey, Estate]
