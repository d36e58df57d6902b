"""`guanjia doctor`: is everything around the program as it should be?"""

import typer

from bot.cli._shell import ConfigOption, load_config

_SIGNS = {"ok": "✓", "warn": "!", "bad": "✗"}


def doctor(config: ConfigOption = None) -> None:
    """检查渠道模式、密钥、数据库、磁盘和日历。有必须处理的问题时退出码为 1。

    示例：guanjia doctor
    """
    from bot.cli._database import the_keys
    from bot.clock import SystemClock
    from bot.doctor import examine
    from bot.opening import open_database

    settings = load_config(config)
    zone = next(iter(settings.estates().values())).timezone
    today = SystemClock().now().astimezone(zone).date()
    worst = 0
    for finding in examine(settings, lambda: open_database(settings, the_keys(settings)), today):
        typer.echo(f"{_SIGNS[finding.grade]} {finding.about}：{finding.text}")
        worst = max(worst, finding.grade == "bad")
    raise typer.Exit(worst)
