"""What goes into columns comes back the same (INV-16, INV-29)."""

from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.columns import clean, from_json, micros, moment, to_json
from storage.errors import Sealed
from storage.secrecy import Cipher

ZONE = timezone(timedelta(hours=8))


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(ZONE)))
def test_a_moment_comes_back_to_the_microsecond_in_utc(value: datetime) -> None:
    back = moment(micros(value))
    assert back == value
    assert back.tzinfo is UTC


@given(st.lists(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))))
def test_stored_moments_sort_as_they_happened(values: list[datetime]) -> None:
    assert sorted(values) == sorted(values, key=micros)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(TypeError):
        micros(datetime(2026, 11, 24))


WORDS = st.text(max_size=8)
LEAVES = st.none() | st.booleans() | st.integers() | WORDS
JSON = LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(WORDS, LEAVES, max_size=3)


@settings(max_examples=50)
@given(st.dictionaries(WORDS, JSON, max_size=3))
def test_json_comes_back_as_it_was(value: dict[str, object]) -> None:
    stored = to_json(value)
    assert from_json(stored) == value
    stored.encode()


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ({}, "{}"),
        ((), "[]"),
        ({"中": 1}, '{"中":1}'),
        (({"a": 1},), '[{"a":1}]'),
        (MappingProxyType({"a": MappingProxyType({})}), '{"a":{}}'),
        ({"half": "\ud83d"}, '{"half":"\\ud83d"}'),
    ],
)
def test_json_is_short_and_readable(value: object, stored: str) -> None:
    assert to_json(value) == stored


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError, match="datetime"):
        to_json({"at": datetime(2026, 11, 24, tzinfo=UTC)})


@given(st.text(st.characters()))
def test_cleaned_text_is_text_that_databases_take(value: str) -> None:
    cleaned = clean(value)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert clean(cleaned) == cleaned


def test_a_sealed_value_opens_with_its_key_and_purpose_only(cipher: Cipher) -> None:
    sealed = cipher.seal("张伟", "people.name")
    assert cipher.open(sealed, "people.name") == "张伟"
    for key, purpose, value in (
        (cipher, "people.phone", sealed),
        (Cipher(bytes(32)), "people.name", sealed),
        (cipher, "people.name", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (cipher, "people.name", b""),
    ):
        with pytest.raises(Sealed):
            key.open(value, purpose)


def test_sealing_twice_looks_different_and_nothing_stays_nothing(cipher: Cipher) -> None:
    assert cipher.seal("张伟", "people.name") != cipher.seal("张伟", "people.name")
    assert cipher.seal_optional(None, "people.phone") is None
    assert cipher.open_optional(None, "people.phone") is None


def test_a_digest_is_the_same_for_the_same_parts_and_key_only(cipher: Cipher) -> None:
    assert cipher.digest("a", "b") == cipher.digest("a", "b")
    assert (
        len({cipher.digest("a", "b"), cipher.digest("ab"), cipher.digest("b", "a"), Cipher(bytes(32)).digest("a", "b")})
        == 4
    )


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16"):
        Cipher(bytes(16))
