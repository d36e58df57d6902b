"""The six staff groups of design.md 4, and which of them an emergency goes to."""

from typing import Any, Literal

from pydantic import model_validator

from bot.settings.base import AccountKey, Settings

GroupName = Literal["repair", "service", "order", "clean", "manager", "finance"]
#: Titles of the six groups of design.md 4.
GROUPS: dict[str, str] = {
    "repair": "维修群",
    "service": "客服群",
    "order": "秩序群",
    "clean": "保洁群",
    "manager": "管理群",
    "finance": "财务群",
}


class Group(Settings):
    """A staff group; without a robot its messages show on the console only."""

    robot: AccountKey | None = None
    title: str = ""


class Groups(Settings):
    """The six groups; one that is not configured exists all the same."""

    repair: Group = Group()
    service: Group = Group()
    order: Group = Group()
    clean: Group = Group()
    manager: Group = Group()
    finance: Group = Group()

    @model_validator(mode="before")
    @classmethod
    def _empty_is_default(cls, data: Any) -> Any:
        return {name: group or {} for name, group in data.items()} if isinstance(data, dict) else data

    def titles(self) -> dict[str, str]:
        """Group name -> Chinese title."""
        return {name: getattr(self, name).title or title for name, title in GROUPS.items()}

    def robots(self) -> dict[str, str]:
        """Group name -> robot account, for the groups that have one."""
        return {name: robot for name in GROUPS if (robot := getattr(self, name).robot)}


class Alert(Settings):
    """Where an emergency of one category goes first; persons are those of `duty` and the heads (domain.md 10.2)."""

    group: GroupName
