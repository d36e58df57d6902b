"""`guanjia privacy`: a copy of a resident's data, and its deletion, after the desk has checked who asks."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli._shell import ConfigOption, load_config, refuse

if TYPE_CHECKING:
    from storage.model import Person
    from storage.unit_of_work import UnitOfWork

APP = typer.Typer(
    help="住户要求查阅、复制或删除个人信息时使用。示例：guanjia privacy export --phone 电话 --by 工号",
    no_args_is_help=True,
)

Phone = Annotated[str | None, typer.Option("--phone", help="登记的电话。")]
Account = Annotated[str | None, typer.Option("--account", help="名单里的微信（渠道用户号）。")]
By = Annotated[str, typer.Option("--by", help="办理人的工号或账号，会记入日志。")]


@APP.command()
def export(
    by: By,
    phone: Phone = None,
    account: Account = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="写成这个压缩包。")] = Path("个人信息.zip"),
    config: ConfigOption = None,
) -> None:
    """把一位住户的全部资料（JSON）和照片写成一个压缩包。服务运行中也可以用。

    示例：guanjia privacy export --phone 13800000001 --by W001 --out 周女士.zip
    """
    from bot.cli._database import the_keys
    from bot.clock import SystemClock
    from bot.opening import open_database
    from bot.personal import archive
    from bot.pictures import Gallery
    from storage.errors import StorageError

    settings = load_config(config)
    database = open_database(settings, the_keys(settings))
    try:
        with database.transaction() as uow:
            staff = _staff(uow, by)
            person = _person(uow, phone, account)
            copy = uow.privacy.export(person.id)
            uow.records.add("privacy", f"person:{person.id}", {"did": "export", "by": staff}, None, SystemClock().now())
    except StorageError as error:
        refuse([f"数据库不可用：{error}"])
    finally:
        database.close()
    pictures = archive(out, copy, Gallery(settings.var / "media"))
    rows = sum(len(lines) for lines in copy.values())
    typer.echo(f"已写入 {out}：{rows} 条记录，{pictures} 个文件。请只交给本人。")


@APP.command()
def erase(
    by: By,
    phone: Phone = None,
    account: Account = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问。")] = False,
    config: ConfigOption = None,
) -> None:
    """删除一位住户的个人信息；法律要求保存的账单和工单保留，但不再能认出是谁。先停止服务。

    示例：guanjia privacy erase --phone 13800000001 --by W001
    """
    from bot.cli._database import migrated
    from bot.clock import SystemClock
    from bot.pictures import Gallery

    settings = load_config(config)
    with migrated(settings) as database, database.transaction() as uow:
        staff = _staff(uow, by)
        person = _person(uow, phone, account)
        if not yes:
            typer.confirm("删除后不能恢复，确定吗？", abort=True)
        now = SystemClock().now()
        names = [str(line["name"]) for line in uow.privacy.export(person.id)["media"]]
        counts = uow.privacy.erase(person.id, now)
        uow.media.drop(names)
        uow.records.add("privacy", f"person:{person.id}", {"did": "erase", "by": staff}, None, now)
    for name in names:
        Gallery(settings.var / "media").drop(name)
    typer.echo(f"已删除：{sum(counts.values())} 条记录，{len(names)} 个文件。备份会在 35 天内到期。")


def _staff(uow: "UnitOfWork", by: str) -> str:
    from bot.accounts import find_staff

    staff = find_staff(uow, by)
    if staff is None:
        refuse([f"没有工号或账号为 {by} 的员工"])
    return staff.number


def _person(uow: "UnitOfWork", phone: str | None, account: str | None) -> "Person":
    if not (account or phone):
        refuse(["请用 --phone 或 --account 指明是哪位住户"])
    found = [uow.people.find_by_account(account)] if account else uow.people.find_by_phone(phone or "")
    people = [each for each in found if each is not None]
    if len(people) != 1:
        refuse(["没有找到这位住户" if not people else "有几位住户用这个电话，请改用 --account"])
    return people[0]
