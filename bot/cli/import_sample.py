"""`guanjia import-sample`: the fictional estate for demonstrations, into an empty database only."""

import typer

from bot.cli._shell import ConfigOption, load_config

HIDDEN = True
#: In the order in which they depend on each other.
LISTS = ("homes", "residents", "staff", "bills", "faq")


def import_sample(config: ConfigOption = None) -> None:
    """把样例小区载入空数据库，并为样例员工设置登录密码（写在 var/sample.password）。已有房屋时什么都不做。

    示例：guanjia import-sample
    """
    from importlib.resources import as_file, files

    from bot.accounts import set_password
    from bot.cli._database import migrated
    from bot.clock import SystemClock
    from bot.importing import parse_file, store_rows
    from bot.secrets import Secret, new_password, write_private

    settings = load_config(config)
    now = SystemClock().now()
    with migrated(settings) as database:
        with database.transaction() as uow:
            if uow.homes.count():
                return
            for name in LISTS:
                with as_file(files("bot").joinpath("sample", f"{name}.csv")) as path:
                    store_rows(uow, parse_file(name, path), now)
            password = Secret(new_password())
            for member in uow.staff.all():
                if member.account and member.number != "admin":
                    set_password(uow, member.number, member, password)
        write_private(settings.var / "sample.password", password.reveal() + "\n")
    typer.echo("已载入样例小区。")
