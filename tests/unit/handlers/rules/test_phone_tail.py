"""The tail of a phone beside a room of four digits (S-REC-07)."""

import pytest

from handlers.rules.access import phone_tail


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("12-1-1201 尾号3201", "3201"),
        ("12栋1单元1201，后四位是3201", "3201"),
        ("尾号3201", "3201"),
        ("3201", "3201"),
        ("13800003201", "3201"),
        ("1201 3201", None),
        ("尾号3201，另一个尾号3202", None),
    ],
)
def test_a_named_tail_goes_before_a_room(text: str, tail: str | None) -> None:
    assert phone_tail(text) == tail
