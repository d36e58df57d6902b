"""`guanjia serve`: the whole product in one process."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer


def serve(
    config: Annotated[Path | None, typer.Option("--config", help="config.yaml; default: the one beside you.")] = None,
    now: Annotated[
        str | None, typer.Option("--now", help="Start the clock at this ISO moment (loopback only).")
    ] = None,
    port: Annotated[int | None, typer.Option("--port", help="Listen here instead of server.port.")] = None,
    host: Annotated[str | None, typer.Option("--host", help="Listen on this address instead of server.host.")] = None,
) -> None:
    """Serve residents and staff until stopped.

    Example: guanjia serve --port 8080
    """
    from bot.cli._shell import load_config
    from bot.serving import run

    settings = load_config(config)
    server = settings.server.model_copy(
        update={**({"port": port} if port is not None else {}), **({"host": host} if host else {})}
    )
    settings = settings.model_copy(update={"server": server})
    run(settings, _moment(now, loopback=server.loopback))


def _moment(text: str | None, *, loopback: bool) -> datetime | None:
    if text is None:
        return None
    if not loopback:
        raise typer.BadParameter("only while bound to loopback", param_hint="--now")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("not ISO 8601, e.g. 2026-11-24T10:00:00+08:00", param_hint="--now") from error
    if moment.tzinfo is None:
        raise typer.BadParameter("needs an offset, e.g. +08:00", param_hint="--now")
    return moment
