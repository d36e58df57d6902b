"""The committed model: it is what training on the committed sentences gives, and it is quick."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nlp.corpus import fingerprint, read
from nlp.evaluate import HELD_OUT, Case, Outcome, calibration_error, cases, report
from nlp.model import load, save

TEXTS = ("楼道灯坏了", "物业费怎么交", "楼上太吵了", "电梯里困人了", "谢谢师傅", "昨天报的还没来")


def test_model_knows_the_committed_corpus() -> None:
    assert load().corpus == fingerprint(read())


@pytest.mark.slow
def test_training_again_gives_the_same_model() -> None:
    train = pytest.importorskip("nlp.train", reason="training needs scikit-learn")
    committed, again = load(), train.train(read())
    assert again.index == committed.index
    assert again.categories == committed.categories
    for text in TEXTS:
        old, new = committed.scores(text), again.scores(text)
        assert new.best == old.best
        assert new.intents[new.best] == pytest.approx(old.intents[old.best], abs=0.05)


def test_saved_model_reads_the_same(tmp_path: Path) -> None:
    model = load()
    save(model, tmp_path)
    copy = load(tmp_path)
    for text in TEXTS:
        assert copy.scores(text).intents == model.scores(text).intents
        assert np.array_equal(copy.scores(text).category_scores, model.scores(text).category_scores)


def test_rows_of_weights_are_whole_in_memory_however_they_were_stored(tmp_path: Path) -> None:
    model = load()
    save(replace(model, weights=np.asfortranarray(model.weights)), tmp_path)
    assert load(tmp_path).weights.flags.c_contiguous


def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    model = load()
    save(model, tmp_path / "one")
    save(model, tmp_path / "two")
    assert (tmp_path / "one" / "model.npz").read_bytes() == (tmp_path / "two" / "model.npz").read_bytes()


def outcome(truth: str, second: str | None, said: str, confidence: float) -> Outcome:
    return Outcome(Case("…", truth, second), said, confidence, "", ())


def test_report_counts_strict_and_tolerant_apart() -> None:
    figures = report(
        [
            outcome("repair", None, "repair", 0.9),
            outcome("repair", "complaint", "complaint", 0.8),
            outcome("emergency", None, "repair", 0.7),
            outcome("inquiry", None, "emergency", 0.6),
        ]
    )
    assert (figures.strict, figures.tolerant) == (0.25, 0.5)
    assert figures.emergency_recall == 0.0
    assert figures.false_alarms == pytest.approx(1 / 3)


def test_calibration_error_is_the_gap_between_said_and_true() -> None:
    sure = [outcome("repair", None, "repair", 0.75), outcome("repair", None, "inquiry", 0.75)]
    assert calibration_error(sure) == pytest.approx(0.25)


def test_report_scores_marked_slots_urgency_and_closure() -> None:
    home = ("room", '{"building": "3", "room": "501"}')
    case = Case("…", "repair", urgency="urgent", closed=False, slots=(home, ("phone", '"13800000000"')))
    figures = report([Outcome(case, "repair", 0.9, "", (), "normal", closed=False, slots=(home,))])
    assert figures.slots == {"room": (1, 1.0), "phone": (1, 0.0)}
    assert (figures.urgency, figures.closed) == (0.0, 1.0)


def test_report_parts_a_file_by_its_sources() -> None:
    one, two = Case("…", "repair", group="letters"), Case("…", "repair", "complaint", group="chats")
    figures = report([Outcome(one, "repair", 0.9, "", ()), Outcome(two, "complaint", 0.9, "", ())])
    assert figures.groups == {"chats": (1, 0.0, 1.0), "letters": (1, 1.0, 1.0)}


def test_held_out_messages_are_not_trained_on() -> None:
    known = {one.text for one in read()}
    assert [case.text for case in cases(HELD_OUT) if case.text in known] == []
    assert len(cases(HELD_OUT)) >= 300
