"""What residents read is polite, promises nothing it must not, and every question has its words."""

import pytest

from handlers.registry import forms
from handlers.rules import wording
from handlers.texts import Texts
from handlers.texts.check import for_residents, mistakes
from tests.unit.handlers.factory import ESTATE

TEXTS = Texts.load()


def test_every_text_of_every_file_passes_the_tone_check() -> None:
    assert [str(each) for each in mistakes(TEXTS, ESTATE)] == []
    assert sum(for_residents(TEXTS, key) for key in sorted(TEXTS.keys())) > 400


@pytest.mark.parametrize(
    ("key", "read"),
    [
        ("complaint.opened", True),
        ("complaint.promise.major", True),
        ("ticket.said.late", True),
        ("staff.held.words", True),
        ("ticket.alert.praise", False),
        ("ticket.late.finish", False),
        ("staff.refused.who", False),
        ("praise.note", False),
        ("label.status.new", False),
    ],
)
def test_who_reads_a_text(key: str, *, read: bool) -> None:
    assert for_residents(TEXTS, key) is read


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("我们会尽快处理，请您放心。", "promise"),
        ("我们保证修好。", "promise"),
        ("师傅立刻到您家。", "promise"),
        ("这件事一定会解决。", "promise"),
        ("请问您贵姓？请问您住哪里？", "questions"),
        ("您的工单已派单。", "jargon"),
        ("你好，请说。", "you"),
        ("您好！！请说。", "loud"),
        ("嗯，您请说。", "hum"),
        ("这不归我们管。", "shift"),
        ("不交就停水处理。", "threat"),
        ("我们会赔偿您的损失。", "money"),
    ],
)
def test_what_the_company_must_not_say(words: str, fault: str) -> None:
    assert fault in wording.faults(words)


@pytest.mark.parametrize(
    "words",
    [
        "我们会尽快与您联系，最晚今天18:00前给您结果。",
        "我们会在{due}前解决，师傅会尽快到。",
        "请您立刻离开现场。",
        "说“尽快”也可以。",
        "我已通知值班人员立即赶来。",
        "您好，请问有什么可以帮您？",
    ],
)
def test_promises_with_a_time_and_requests_are_fine(words: str) -> None:
    assert wording.faults(words) == []


def test_answers_to_complaints_admit_no_liability() -> None:
    said = "对不起，这是我们的错，公司承担全部责任。"
    assert "liability" in wording.faults(said, complaint=True)
    assert "liability" not in wording.faults("对不起，给您带来不便，我们会在3天内处理完毕。", complaint=True)


@pytest.mark.parametrize("script", sorted(wording.SORRY))
def test_scripts_of_apology_say_sorry(script: str) -> None:
    assert "apology" in wording.faults("您反映的事项需要延后。", script=script)
    assert wording.faults("非常抱歉，您反映的事项需要延后。", script=script) == []


@pytest.mark.parametrize("name", sorted(forms()))
def test_every_question_of_a_form_has_its_words(name: str) -> None:
    form = forms()[name]
    assert all(TEXTS.known(f"{name}.ask.{slot.name}") for slot in form.slots if not slot.optional)
