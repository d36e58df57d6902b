"""`guanjia train`: the intent model of a site, learned again from its own sentences."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli._shell import ConfigOption, load_config, refuse


def train(
    config: ConfigOption = None,
    corpus: Annotated[
        Path | None, typer.Option("--corpus", help="另加的例句目录（*.jsonl），默认只用内置例句。")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="模型写到哪里，默认 var/model。")] = None,
) -> None:
    """重新训练意图模型，写入 var/model；下次启动时生效。

    示例：guanjia train --corpus 例句/
    """
    try:
        from nlp.train import train as learn
    except ImportError:
        refuse(["训练需要额外的库，请先安装：pip install 'guanjia[train]'"])
    from nlp.corpus import CorpusError, read
    from nlp.model import save

    target = out or load_config(config).var / "model"
    try:
        examples = read() + (read(corpus) if corpus else [])
    except (CorpusError, OSError) as error:
        refuse([f"例句读不出来：{error}"])
    typer.echo(f"正在用 {len(examples)} 条例句训练……", err=True)
    save(learn(examples), target)
    typer.echo(f"模型已写入 {target}，重启服务后生效。")
