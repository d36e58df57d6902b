"""`guanjia migrate`: the schema to this version, and the keys and first log-in of a fresh installation."""

import typer

from bot.cli._shell import ConfigOption, load_config


def migrate(config: ConfigOption = None) -> None:
    """建立或升级数据库；第一次运行时在 var/ 里生成密钥和管理员初始密码（只显示一次）。

    示例：guanjia migrate
    """
    from bot.accounts import ADMIN, ensure_admin
    from bot.cli._database import opened, the_keys
    from bot.clock import SystemClock
    from bot.secrets import first_password

    settings = load_config(config)
    keys = the_keys(settings)
    with opened(settings, keys) as database:
        database.migrate()
        with database.transaction() as uow:
            made = ensure_admin(uow, first_password(settings.var), SystemClock().now())
    typer.echo("数据库已就绪。")
    if made:
        password = first_password(settings.var).reveal()
        typer.echo(f"管理员登录：{ADMIN}  初始密码：{password}  （请用 guanjia passwd {ADMIN} 修改）")
