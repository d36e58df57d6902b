"""The matter out of a resident's words (S-REC-08)."""

import pytest

from handlers.rules.gist import gist


@pytest.mark.parametrize(
    ("words", "matter"),
    [
        ("你好，我是3栋2单元501的，厨房水管一直滴水，电话13800001501，今天下午两点以后家里有人", "厨房水管一直滴水"),
        ("3栋2单元501厨房水管漏水了，电话13800001501，下午有人", "厨房水管漏水了"),
        ("5-1-102 卧室没电了", "卧室没电了"),
        ("楼道灯不亮", "楼道灯不亮"),
        ("12栋502", "12栋502"),
        ("马桶堵了\n水都漫出来了\n随时可以来", "马桶堵了，水都漫出来了"),
        ("门锁坏了，进不去家，我手机号是13800001501", "门锁坏了，进不去家"),
    ],
)
def test_the_matter_stays_and_what_has_a_field_goes(words: str, matter: str) -> None:
    """Greeting, address, phone and visiting time are left out."""
    assert gist(words) == matter


def test_a_long_story_is_cut_at_a_readable_length() -> None:
    """A card shows at most 120 characters."""
    assert len(gist("水一直往下流" * 60)) == 120
