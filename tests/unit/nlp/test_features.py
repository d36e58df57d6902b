"""The quick way to the features of a text gives what the slow one gives."""

import numpy as np
import pytest

from nlp.features import blocks, row, weigh
from nlp.model import Model, load
from nlp.normalise import normalise


@pytest.fixture(scope="module")
def model() -> Model:
    return load()


@pytest.mark.parametrize(
    "text",
    [
        "厨房水管漏水了，明天下午3点来3栋2单元501修",
        "电梯又停了！投诉你们不管，电话13800000000",
        "A市B3区物业乱收停车费是否合法？",
        "水水水水水水水水",
        "Wi-Fi 门禁 APP 打不开 ok",
        "氼囧槑",
        "",
    ],
)
def test_known_features_are_found_without_making_up_the_unknown(model: Model, text: str) -> None:
    plain = normalise(text).text
    columns, values = row(model.index, model.idf, plain)
    slow_columns, slow_values = weigh(model.index, model.idf, blocks(plain))
    assert columns.tolist() == slow_columns.tolist()
    assert np.array_equal(values, slow_values)
