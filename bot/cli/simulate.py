"""`guanjia simulate`: a scenario through the real spine under a virtual clock (design.md 6)."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli._shell import ConfigOption, load_config, refuse

KINDS = ("homes", "residents", "staff", "bills", "faq")


def simulate(
    scenario: Annotated[Path, typer.Argument(help="JSON 行，按时间先后；- 读标准输入。")],
    config: ConfigOption = None,
    load: Annotated[list[str] | None, typer.Option("--load", help="种类=文件，如 homes=homes.csv；可多次。")] = None,
    db: Annotated[str, typer.Option("--db", help="数据库；默认内存里新建一个。")] = "sqlite://",
    keys: Annotated[bool, typer.Option("--keys", help="每条消息附上文本键。")] = False,
) -> None:
    """在虚拟时钟下演练 SCENARIO，逐行打印发出的消息和变化（JSON）。

    示例：guanjia simulate story.jsonl --load homes=homes.csv --load residents=residents.csv --load staff=staff.csv
    """
    from bot.importing import ImportMistakes
    from bot.simulation.play import Setup, perform
    from bot.simulation.scenario import ScenarioError, read
    from storage.errors import StorageError

    loads = [_load(item) for item in load or []]
    try:
        text = sys.stdin.read() if str(scenario) == "-" else scenario.read_text(encoding="utf-8-sig")
        setup = Setup(load_config(config), loads, db, keys)
        asyncio.run(perform(read(text.removeprefix("\ufeff").split("\n")), setup, sys.stdout))
    except (OSError, UnicodeDecodeError) as error:
        refuse([f"{scenario}：读不出来（{type(error).__name__}）"])
    except ScenarioError as error:
        refuse(str(error).splitlines())
    except ImportMistakes as mistakes:
        refuse(["--load 的名单有错，没有演练：", *mistakes.lines()])
    except StorageError as error:
        refuse([f"--db {db}：数据库用不了（{type(error).__name__}）"])


def _load(item: str) -> tuple[str, Path]:
    kind, _, path = item.partition("=")
    if kind not in KINDS or not path:
        refuse([f"--load {item}：应为 种类=文件，种类是 {'、'.join(KINDS)} 之一"])
    return kind, Path(path)
