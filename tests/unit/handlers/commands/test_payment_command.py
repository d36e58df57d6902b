"""Payment wishes: the own account for the verified household, everything else without personal data."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from handlers.dialog.turn import take_turn
from handlers.effects import CancelTimer, ChangeBill, OpenTicket, Say
from handlers.facts import BillsOf, FaqMatches
from handlers.rules.money_words import kind_of
from nlp.meaning import Room, TimeWindow
from storage.model import Bill, BillStatus, Faq, Person, Residency, Tenure, TicketType
from tests.unit.handlers.factory import HOME, NOW, OTHER_HOME, OWNER, facts, meaning, ticket, window
from tests.unit.handlers.wording import Chat, keys, of, opened, to_groups, to_resident

DAY = date(2026, 11, 22)


def bill(id_: int = 1, fee: str = "物业费", period: str = "2026年10月", amount: int = 32000, **more: Any) -> Bill:
    values: dict[str, Any] = {"due_on": date(2026, 11, 10), "status": BillStatus.DUE, "paid_fen": 0} | more
    return Bill(
        id_, "main", f"WY{id_:03}", 1, fee, period, amount, values.pop("paid_fen"), values.pop("due_on"),
        values.pop("status"), **values,
    )  # fmt: skip


LATE = bill()
COMING = bill(2, "停车费", amount=15000, due_on=date(2026, 11, 30))
PAID = bill(3, period="2026年09月", status=BillStatus.PAID, paid_fen=32000)
BILLS = {BillsOf(1): (LATE, COMING, PAID)}


def pay(text: str, category: str = "property_fee", **slots: Any) -> Any:
    return meaning(text, intent="payment", category=category, **slots)


def answered(text: str, category: str = "property_fee", known: Any = BILLS, **given: Any) -> list[Any]:
    slots = given.pop("slots", {})
    return Chat(known=known, **given).say(text, pay(text, category, **slots))


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("我要交物业费", None),
        ("看看我家还欠多少", None),
        ("物业费怎么交", None),
        ("发一下明细", "detail"),
        ("这个费用怎么算出来的", "detail"),
        ("怎么这么多", "dispute"),
        ("你们是不是算错了", "dispute"),
        ("金额不对请核对", "dispute"),
        ("上个月就交过了，怎么又来催", "claim_paid"),
        ("我昨天已经缴了", "claim_paid"),
        ("下周发工资再交", "later"),
        ("手头紧，能缓几天吗", "later"),
        ("可以上门收费吗", "door"),
        ("刚交了物业费，麻烦开张发票", "invoice"),
    ],
)
def test_words_name_the_act(words: str, kind: str | None) -> None:
    assert kind_of(words) == kind


def test_the_card_shows_fee_period_amount_due_day_and_status() -> None:
    said = to_resident(answered("我要交物业费和停车费"))
    for part in ("3栋2单元501", "物业费 2026年10月：320.00元", "11月10日", "已过应缴日期", "已交至：2026年09月"):
        assert part in said
    assert "合计待缴：470.00元" in said
    assert "前台" in said


def test_the_oldest_bill_comes_first() -> None:
    said = to_resident(answered("查账单", known={BillsOf(1): (COMING, LATE)}))
    assert said.index("物业费") < said.index("停车费")


def test_a_named_fee_narrows_the_card_also_by_its_other_name() -> None:
    said = to_resident(answered("查一下车位费", "parking_fee", slots={"fee": "车位费"}))
    assert "停车费" in said
    assert "物业费" not in said


def test_a_part_payment_is_owed_for_the_rest() -> None:
    part = bill(paid_fen=20000, status=BillStatus.PARTIAL)
    said = to_resident(answered("查账单", known={BillsOf(1): (part,)}))
    assert "已缴200.00元" in said
    assert "合计待缴：120.00元" in said


def test_nothing_owed_is_thanked_for() -> None:
    effects = answered("我要交物业费", known={BillsOf(1): (PAID,)})
    assert keys(effects) == ["payment.nothing_owed"]
    assert "已交至2026年09月" in to_resident(effects)


def test_a_disputed_bill_is_shown_but_not_summed_up() -> None:
    disputed = bill(4, "水费", amount=9900, status=BillStatus.DISPUTED)
    said = to_resident(answered("查账单", known={BillsOf(1): (LATE, disputed)}))
    assert "核对中" in said
    assert "合计待缴：320.00元" in said


def test_a_stranger_is_verified_first_and_sees_no_figure() -> None:
    chat = Chat(person=None, known=BILLS)
    said = to_resident(chat.say("我家欠多少物业费", pay("我家欠多少物业费")))
    assert chat.asked == "bind_home.home"
    assert "320" not in said


def test_a_former_tenant_is_a_stranger() -> None:
    chat = Chat(person=OWNER, homes=(), known=BILLS)
    chat.say("查账单", pay("查账单"))
    assert chat.asked == "bind_home.home"


def held(tenure: Tenure, *, payer: bool = False) -> list[Any]:
    tenant = Person(8, "main", "陈立", "13800002222")
    given = facts("查账单", meaning=pay("查账单"), known=BILLS, person=tenant)
    residency = Residency(8, HOME, tenure, payer=payer)
    return list(take_turn(replace(given, speaker=replace(given.speaker, homes=(residency,)))).effects)


def test_a_tenant_sees_bills_only_as_the_payer_of_the_lease() -> None:
    assert keys(held(Tenure.TENANT)) == ["payment.owner_only"]
    assert keys(held(Tenure.TENANT, payer=True)) == ["payment.card"]
    assert keys(held(Tenure.FAMILY)) == ["payment.card"]


def test_another_households_bill_is_refused_kindly() -> None:
    effects = answered("查一下5栋1单元102欠多少", slots={"room": Room(None, "5", "1", "102")})
    assert keys(effects) == ["payment.not_bound"]


def test_of_several_homes_one_is_asked_for() -> None:
    known = BILLS | {BillsOf(2): (bill(9, amount=77700),)}
    chat = Chat(homes=(HOME, OTHER_HOME), known=known)
    chat.say("查账单", pay("查账单"))
    assert chat.asked == "account_home.home"
    assert "777.00元" in to_resident(chat.tap("2", "5栋1单元102"))


def test_a_named_home_is_not_asked_for() -> None:
    known = BILLS | {BillsOf(2): (bill(9, amount=77700),)}
    effects = answered("查5栋1单元102的账单", known=known, homes=(HOME, OTHER_HOME), slots={"room": Room(None, "5")})
    assert "777.00元" in to_resident(effects)


def test_the_detail_button_shows_numbers_and_offers_a_check() -> None:
    chat = Chat(known=BILLS)
    chat.say("查账单", pay("查账单"))
    said = to_resident(chat.tap("wish:payment", "查看费用明细"))
    assert "单号WY001" in said


def test_while_everything_is_checked_nothing_is_asked_for() -> None:
    disputed = bill(status=BillStatus.DISPUTED)
    effects = answered("查账单", known={BillsOf(1): (disputed,)})
    assert keys(effects) == ["payment.all_checked"]


@pytest.mark.parametrize(
    ("first", "last", "until"),
    [
        (window(23, 8), window(29, 22), date(2026, 11, 29)),
        (window(30, 8), window(6, 22, month=12), date(2026, 11, 30)),
        (window(1, 8, month=12), window(31, 22, month=12), date(2026, 12, 1)),
    ],
)
def test_a_week_or_a_month_names_no_day(first: TimeWindow, last: TimeWindow, until: date) -> None:
    span = TimeWindow(first.start, last.start)
    assert {c.hold_until for c in of(ChangeBill, answered("发工资再交", slots={"time": span}))} == {until}


def test_a_dispute_pauses_the_bill_and_goes_to_finance() -> None:
    effects = answered("为什么这么多，算错了吧")
    assert [(c.bill_id, c.status) for c in of(ChangeBill, effects)] == [
        (1, BillStatus.DISPUTED),
        (2, BillStatus.DISPUTED),
    ]
    assert CancelTimer("fees:1", "fee_remind") in effects
    ticket_ = opened(effects)
    assert (ticket_.type, ticket_.group) == (TicketType.PAYMENT, "finance")
    assert ticket_.extra["bills"] == ["WY001", "WY002"]
    assert "今天14:00前" in to_resident(effects)


def test_finance_hears_of_a_dispute_without_sum_room_or_name() -> None:
    told = to_groups(answered("我周晓岚3栋2单元501的物业费320元算错了"))
    assert list(told) == ["finance"]
    for secret in ("320", "501", "周晓岚", "物业费320"):
        assert secret not in told["finance"]


def test_a_dispute_that_is_being_checked_is_not_registered_twice() -> None:
    open_ = ticket(5, type=TicketType.PAYMENT, number="P261122-005", extra={"bills": ["WY001"]}, finish_due=NOW)
    effects = answered("到底算错没有", tickets=(open_,))
    assert keys(effects) == ["payment.checked_already"]
    assert not of(OpenTicket, effects)


def test_paid_already_holds_reminders_and_apologises() -> None:
    effects = answered("我已经交过了怎么还催")
    assert {c.hold_until for c in of(ChangeBill, effects)} == {date(2026, 11, 29)}
    assert opened(effects).extra["about"] == "claim_paid"
    assert "非常抱歉" in to_resident(effects)


def test_paid_already_and_booked_is_confirmed_at_once() -> None:
    effects = answered("我已经交过了怎么还催", known={BillsOf(1): (PAID,)})
    assert keys(effects) == ["payment.paid_indeed"]


def test_a_named_day_rests_reminders_until_then() -> None:
    effects = answered("周五发工资再交", slots={"time": window(27, 8)})
    assert {c.hold_until for c in of(ChangeBill, effects)} == {date(2026, 11, 27)}
    assert "11月27日" in to_resident(effects)
    assert not to_groups(effects)


def test_without_a_day_reminders_rest_a_week() -> None:
    assert {c.hold_until for c in of(ChangeBill, answered("过几天再交"))} == {date(2026, 11, 29)}


def test_an_invoice_is_a_service_of_finance_without_words_in_the_group() -> None:
    effects = answered("开一张320元物业费发票", "invoice")
    assert (opened(effects).type, opened(effects).group) == (TicketType.SERVICE, "finance")
    assert "320" not in to_groups(effects)["finance"]


def test_how_to_pay_is_answered_without_asking_who() -> None:
    effects = answered("物业费怎么交", person=None)
    assert keys(effects) == ["payment.ways"]


def test_a_price_is_told_only_from_the_knowledge_base() -> None:
    text = "物业费标准多少钱一平"
    faq = Faq(1, "main", "物业费标准是多少", (), "按公示的标准收取，具体以公示为准。")
    effects = answered(text, person=None, known={FaqMatches(text, DAY): ((faq, 0.9),)})
    assert "以公示为准" in to_resident(effects)


def test_an_unknown_price_is_answered_by_finance_not_invented() -> None:
    effects = answered("车位费标准是多少", "parking_fee", person=None, known={})
    assert opened(effects).type is TicketType.PAYMENT
    assert keys(effects) == ["payment.promised"]


@pytest.mark.parametrize("words", ["押金什么时候退给我", "付款失败了", "扣了两次钱", "电费充了没到账"])
def test_money_troubles_go_to_finance_for_everybody(words: str) -> None:
    effects = answered(words, "fee", person=None, known={})
    assert opened(effects).group == "finance"


def test_a_menu_tap_shows_the_bill_card() -> None:
    effects = Chat(known=BILLS).say("", kind="event", data={"event": "menu", "key": "payment"})
    assert keys(effects) == ["payment.card"]


def test_door_collection_asks_time_and_name_and_files_an_appointment() -> None:
    chat = Chat(known=BILLS)
    chat.say("能上门收费吗", pay("能上门收费吗"))
    assert chat.asked == "door_collection.visit"
    chat.say(
        "周三下午两点到四点", meaning("周三下午两点到四点", intent="other", confidence=0.2, time=window(25, 14, 16))
    )
    assert chat.asked == "door_collection.contact"
    said = to_resident(chat.say("找我爱人李琳"))
    assert "470.00元" in said
    assert "3栋2单元501" in said
    effects = chat.say("可以")
    ticket_ = opened(effects)
    assert (ticket_.group, ticket_.home) == ("finance", HOME)
    assert ticket_.wanted is not None
    assert "李琳" not in to_groups(effects)["finance"]


def test_door_collection_is_dropped_at_no() -> None:
    chat = Chat(known=BILLS)
    chat.say("能上门收费吗", pay("能上门收费吗", time=window(25, 14, 16)))
    chat.say("张先生")
    effects = chat.say("先不约了")
    assert not of(OpenTicket, effects)


def test_no_answer_promises_or_threatens_what_the_trade_forbids() -> None:
    for words in ("我要交物业费", "算错了", "我交过了", "下周再交", "怎么交"):
        said = to_resident(answered(words))
        assert not any(word in said for word in ("起诉", "停水", "停电", "违约", "滞纳"))
        assert all("你" not in line for line in said.splitlines())


def test_an_answer_sentence_is_one_message() -> None:
    assert len([e for e in of(Say, answered("我要交物业费")) if e.kind == "reply"]) == 1


@pytest.mark.parametrize("words", ["下周再交", "能上门收吗"])
def test_what_is_being_checked_is_neither_put_off_nor_collected(words: str) -> None:
    disputed = bill(status=BillStatus.DISPUTED)
    effects = answered(words, known={BillsOf(1): (disputed,)})
    assert keys(effects) == ["payment.all_checked"]
    assert not of(ChangeBill, effects)


@pytest.mark.parametrize("words", ["下周再交", "能上门收吗", "发一下明细"])
def test_without_any_bill_thanks_are_said(words: str) -> None:
    assert keys(answered(words, known={})) == ["payment.nothing_owed"]


def test_the_detail_of_paid_bills_is_shown_where_nothing_is_owed() -> None:
    assert "已缴清" in to_resident(answered("发一下明细", known={BillsOf(1): (PAID,)}))


def test_paid_already_while_finance_looks_is_not_registered_twice() -> None:
    open_ = ticket(5, type=TicketType.PAYMENT, number="P261122-005", extra={"bills": ["WY001"]}, finish_due=NOW)
    assert keys(answered("我已经交过了", tickets=(open_,))) == ["payment.checked_already"]
