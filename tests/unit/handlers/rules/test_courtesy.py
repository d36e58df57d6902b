"""A push after a silence says who speaks and ends with thanks (S-REC-20)."""

from datetime import timedelta

import pytest

from handlers.rules.courtesy import is_out_of_the_blue, lacks_end, lacks_self
from tests.unit.handlers.factory import NOW


def test_a_push_in_a_talk_is_expected() -> None:
    assert not is_out_of_the_blue(NOW, NOW - timedelta(minutes=30), 30)
    assert is_out_of_the_blue(NOW, NOW - timedelta(minutes=31), 30)


def test_who_was_never_heard_does_not_expect_a_push() -> None:
    assert is_out_of_the_blue(NOW, None, 30)


def test_who_speaks_is_said_once() -> None:
    assert lacks_self("您好，师傅已到达现场。", "青禾园")
    assert not lacks_self("您好，我是青禾园客服，打扰您一下。", "青禾园")


@pytest.mark.parametrize("body", ["师傅已到达现场。", "已继续处理！"])
def test_a_bare_end_gets_thanks(body: str) -> None:
    assert lacks_end(body)


@pytest.mark.parametrize("body", ["请您留人，谢谢您。", "问题解决了吗？", "给您带来不便请您谅解。", "同事的话没有句号"])
def test_thanks_are_not_doubled(body: str) -> None:
    assert not lacks_end(body)
