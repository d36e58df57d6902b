"""`guanjia check-config`: every mistake of the configuration at once."""

from pathlib import Path

import typer

from bot.cli._shell import ConfigOption, load_config, refuse
from bot.rulebook import unknown_sources


def check_config(config: ConfigOption = None) -> None:
    """检查配置文件和环境变量，一次列出所有问题；有问题时退出码为 2。

    示例：guanjia check-config --config config.yaml
    """
    loaded = load_config(config)
    strangers = unknown_sources(loaded.rules)
    if strangers:
        refuse(f"  {path}：规则编号 {source} 不在 docs/rules.md 里" for path, source in strangers)
    for notice in loaded.notices:
        typer.echo(f"提醒：{notice}", err=True)
    accounts = [name for name, account in loaded.channels.accounts().items() if account.enabled]
    typer.echo(f"配置正确（{_place(config)}）。启用的渠道：{'、'.join(accounts) or '无'}")


def _place(config: Path | None) -> str:
    path = config or Path("config.yaml")
    return str(path) if path.exists() else "默认值"
