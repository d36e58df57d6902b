"""今天还有哪些, 003 什么情况, 帮助 (design.md 8, AL-18)."""

from datetime import timedelta

from handlers.effects import Say
from handlers.facts import HistoryOf
from storage.model import TicketEvent, TicketStatus, TicketType
from tests.unit.handlers.factory import NOW, ticket
from tests.unit.handlers.staff.speaking import BOSS, DESK, LI, ZHANG, keys, of, read, said

S = TicketStatus
HOUR = timedelta(hours=1)
LATE = ticket(4, number="R261122-004", status=S.ACCEPTED, assignee_id=LI.id, finish_due=NOW - HOUR, accepted_at=NOW)
URGENT = ticket(5, number="R261122-005", urgency="urgent", respond_due=NOW + HOUR, finish_due=NOW + HOUR)
PAUSED = ticket(
    6, number="R261122-006", status=S.SUSPENDED, assignee_id=LI.id, finish_due=NOW - HOUR, suspend_until=NOW + 9 * HOUR
)
DONE = ticket(7, number="R261122-007", status=S.DONE, assignee_id=LI.id)
SECRET = ticket(8, number="C261122-008", type=TicketType.COMPLAINT, group="repair", extra={"accused_ids": [4]})
ALL = (PAUSED, DONE, SECRET, URGENT, LATE)


def test_group_reads_its_open_tickets_late_ones_first_without_rooms() -> None:
    (answer,) = of(Say, said(ZHANG, "今天还有哪些", *ALL, group="repair"))
    text = read(answer)
    assert answer.key == "staff.list.group"
    assert [text.index(t.number) for t in (LATE, URGENT, PAUSED)] == sorted(
        text.index(t.number) for t in (LATE, URGENT, PAUSED)
    )
    assert DONE.number not in text
    assert SECRET.number not in text
    assert "501" not in text
    assert "其中1件已超时" in text


def test_private_list_is_the_own_one_with_addresses() -> None:
    (answer,) = of(Say, said(LI, "我的单", *ALL))
    assert answer.key == "staff.list.own"
    assert "3栋2单元501" in read(answer)
    assert URGENT.number not in read(answer)


def test_head_reads_his_department_too() -> None:
    assert keys(said(BOSS, "今天还有哪些", *ALL)) == ["staff.list.own.none", "staff.list.group"]
    assert keys(said(BOSS, "今天还有哪些")) == ["staff.list.own.none"]


def test_empty_lists_say_so() -> None:
    assert keys(said(LI, "待办")) == ["staff.list.own.none"]
    assert keys(said(LI, "待办", group="repair")) == ["staff.list.group.none"]


def test_long_list_ends_with_a_count() -> None:
    many = [ticket(n, number=f"R261122-{n:03}") for n in range(1, 21)]
    (answer,) = of(Say, said(LI, "今天还有哪些", *many, group="repair"))
    assert "另有5件" in read(answer)


def test_ticket_without_limit_is_last() -> None:
    praise = ticket(9, number="T261122-009", type=TicketType.PRAISE, group="repair")
    (answer,) = of(Say, said(LI, "今天还有哪些", praise, URGENT, group="repair"))
    assert read(answer).index(URGENT.number) < read(answer).index(praise.number)


def test_status_in_a_group_is_masked() -> None:
    history = (TicketEvent(4, NOW, "staff:3", "accept", "new", "accepted"),)
    (answer,) = of(Say, said(ZHANG, "004 什么情况", LATE, group="repair", answers={HistoryOf(4): history}))
    text = read(answer, (LATE,))
    assert "李强" in text
    assert "接单" in text
    assert "501" not in text


def test_status_in_private_shows_the_handler_everything_with_buttons() -> None:
    status, card = of(Say, said(LI, "004", LATE))
    assert (status.key, card.key) == ("staff.status", "ticket.card")
    assert [button.key for button in card.buttons] == ["arrive:{ticket}", "finish:{ticket}", "return:{ticket}"]
    assert of(Say, said(DESK, "004", LATE))[1].buttons == ()


def test_colleague_in_private_reads_the_masked_status_only() -> None:
    assert keys(said(ZHANG, "004", LATE)) == ["staff.status"]


def test_help_is_for_private_chats() -> None:
    assert keys(said(LI, "帮助")) == ["staff.help"]
    assert said(LI, "帮助", group="repair") is None
