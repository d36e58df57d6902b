"""The database for commands that change it while no server runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.cli._shell import refuse
from bot.config import Config
from bot.opening import AlreadyRunning, only_one, open_database
from bot.secrets import Keys, ensure_keys
from storage.database import Database
from storage.errors import StorageError


def the_keys(config: Config) -> Keys:
    """The keys of this installation, made on the first run."""
    try:
        return ensure_keys(config.var, config.database.cipher_key, config.server.cookie_key)
    except (ValueError, OSError) as error:
        refuse([f"密钥不可用：{error}"])


@contextmanager
def opened(config: Config, keys: Keys) -> Iterator[Database]:
    """The database, alone on it when it is SQLite (INV-31); what storage refuses ends the command with code 2."""
    try:
        with only_one(config):
            database = open_database(config, keys)
            try:
                yield database
            finally:
                database.close()
    except AlreadyRunning:
        refuse(["服务正在运行，请先停止（Ctrl-C）再执行"])
    except StorageError as error:
        refuse([f"数据库不可用：{error}"])


@contextmanager
def migrated(config: Config) -> Iterator[Database]:
    """The same, refused when the schema is not this program's."""
    with opened(config, the_keys(config)) as database:
        if not database.is_current():
            refuse(["数据库还没有升级，请先运行：guanjia migrate"])
        yield database
