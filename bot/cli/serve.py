"""`guanjia serve`: the whole product in one process."""

import errno
from datetime import datetime
from typing import Annotated

import typer

from bot.cli._shell import ConfigOption, load_config, refuse


def serve(
    config: ConfigOption = None,
    now: Annotated[str | None, typer.Option("--now", help="时钟从这一刻开始（ISO 8601，只限本机演示）。")] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535, help="监听端口，代替 server.port。")] = None,
    host: Annotated[str | None, typer.Option("--host", help="监听地址，代替 server.host。")] = None,
) -> None:
    """启动服务：住户聊天、员工工作台、各渠道回调。第一次启动会自动建库并显示管理员登录。按 Ctrl-C 停止。

    示例：guanjia serve --port 8080
    """
    from bot.opening import AlreadyRunning
    from bot.serving import run
    from handlers.errors import TextError
    from storage.errors import StorageError

    settings = load_config(config)
    if len(settings.communities) > 1:
        refuse(["communities 里有多个小区：现在一个进程服务一个小区，请给每个小区一份配置、一个 var 目录，各自启动"])
    given = {name: value for name, value in (("port", port), ("host", host)) if value is not None}
    server = settings.server.model_copy(update=given)
    settings = settings.model_copy(update={"server": server})
    start = _moment(now, loopback=server.loopback)
    try:
        run(settings, start)
    except AlreadyRunning:
        refuse(["管家已经在运行：同一个数据库只能由一个进程使用。请先停止另一个（Ctrl-C），再启动。"])
    except TextError as error:
        refuse(
            ["话术文件有错，没有启动；可用 guanjia scripts preview 检查：", *(f"  {each}" for each in error.problems)]
        )
    except StorageError as error:
        refuse([f"数据库不可用：{error}"])
    except ValueError as error:
        refuse([f"密钥不可用：{error}"])
    except OSError as error:
        if error.errno == errno.ENOSPC:
            refuse(["磁盘已满，请先腾出空间再启动。"])
        refuse(
            [f"无法在 {server.host}:{server.port} 启动：{error.strerror or error}。端口被占用时可加 --port 换一个。"]
        )


def _moment(text: str | None, *, loopback: bool) -> datetime | None:
    if text is None:
        return None
    if not loopback:
        refuse(["--now 只能在 server.host 为 127.0.0.1 时使用"])
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        refuse([f"--now {text}：应为 ISO 8601 时间，例如 2026-11-24T10:00:00+08:00"])
    if moment.tzinfo is None:
        refuse([f"--now {text}：还要写明时区，例如 {text}+08:00"])
    return moment
