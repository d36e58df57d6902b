"""Personal data out of free words (INV-25): nothing that names a person or a home leaves."""

from datetime import datetime

import pytest

from bot.masking import hidden
from nlp.normalise import normalise

NOW = datetime.fromisoformat("2026-11-24T10:00:00+08:00")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("我是3栋2单元501的，灯坏了", "我是0栋0单元000的，灯坏了"),
        ("三栋二单元五零一漏水", "0栋0单元000漏水"),
        ("5-1-102停电了", "0-0-000停电了"),
        ("电话13800138000，请回电", "电话00000000000，请回电"),
        ("打138 0013 8000找我", "打000 0000 0000找我"),
        ("我叫张三丰，想装修", "我叫某某某，想装修"),
        ("王师傅昨天没来", "某师傅昨天没来"),
        ("找小李来看看", "找小某来看看"),
        ("李建国师傅态度好", "某某某师傅态度好"),
        ("车牌粤B12345挡路", "车牌粤000000挡路"),
        ("楼道灯坏了两天", "楼道灯坏了两天"),
    ],
)
def test_words_keep_their_shape_without_the_person(said: str, shown: str) -> None:
    assert hidden(normalise(said).text, NOW) == normalise(shown).text
