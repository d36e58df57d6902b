"""Secrets never print, and a first run makes its keys once."""

import pickle
import stat
from pathlib import Path

import pytest

from bot.secrets import Secret, ensure_keys, first_password


def test_a_secret_prints_as_stars() -> None:
    secret = Secret("hidden")
    assert {str(secret), f"{secret}", f"{secret!s}"} == {"***"}
    assert "hidden" not in repr([secret])


def test_a_secret_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret("hidden"))


def test_secrets_are_equal_by_content() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


def test_a_first_run_makes_private_files_and_shows_the_password_once(tmp_path: Path) -> None:
    var = tmp_path / "var"
    first = ensure_keys(var)
    again = ensure_keys(var)
    assert first.admin_password == first_password(var)
    assert again.admin_password is None
    assert (first.cipher, first.cookie, first.log) == (again.cipher, again.cookie, again.log)
    assert len(first.cipher_bytes) == len(first.cookie_bytes) == 32
    assert {stat.S_IMODE(path.stat().st_mode) for path in var.iterdir()} == {0o600}


def test_configured_keys_win_over_files(tmp_path: Path) -> None:
    given = Secret("ab" * 32)
    assert ensure_keys(tmp_path, cipher=given).cipher == given
    assert not (tmp_path / "cipher.key").exists()


@pytest.mark.parametrize("wrong", ["ab" * 31, "xy" * 32])
def test_a_key_that_is_not_32_bytes_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ValueError, match="32"):
        ensure_keys(tmp_path, cipher=Secret(wrong))


def test_a_lost_cipher_key_is_not_replaced_beside_data(tmp_path: Path) -> None:
    (tmp_path / "guanjia.db").touch()
    with pytest.raises(ValueError, match="cipher"):
        ensure_keys(tmp_path)
