"""Tickets on the staff page: who sees what, masks, unmasking on record, buttons that say sentences (domain.md 1.3)."""

import pytest

from bot.web.keys import PARTS
from bot.web.media import store
from storage.model import Ticket, TicketType
from storage.unit_of_work import UnitOfWork
from tests.fakes.front import Colleague, Front, Json, picture

PHONE = "13800001501"
GROUP_OF = {"W001": "repair", "S001": "order", "C001": "clean", "F001": "finance"}


async def of_home(front: Front, **fields: object) -> Ticket:
    """A ticket of 周晓梅 in 3栋2单元501."""

    def known(uow: UnitOfWork) -> tuple[int, int]:
        person = uow.people.find_by_account("wx-zhou")
        assert person is not None
        return uow.people.residencies(person.id, front.clock.now().date())[0].home.id, person.id

    home_id, person_id = await front.run(known)
    values = {
        "home_id": home_id,
        "building": "3",
        "unit": "2",
        "person_id": person_id,
        "contact_phone": PHONE,
        "reporter_lane": f"person:{person_id}",
        "summary": f"厨房漏水，我家501，电话{PHONE}",
    }
    return await front.ticket("home", **(values | fields))


async def facts(colleague: Colleague, ticket: Ticket) -> str:
    """Everything the page shows of a ticket."""
    return str(await colleague.look(f"tickets/{ticket.number}"))


async def numbers(colleague: Colleague, query: str = "") -> list[str]:
    """The numbers in the list."""
    return [each["number"] for each in (await colleague.look(f"tickets?{query}"))["tickets"]]


@pytest.mark.parametrize("number", ["K001", "M001", "D001", "L001", "N001"])
async def test_the_front_of_house_and_heads_see_every_ticket(front: Front, number: str) -> None:
    tickets = [await front.ticket(group, group=group) for group in GROUP_OF.values()]
    colleague = await front.staff(number)
    assert sorted(await numbers(colleague)) == sorted(each.number for each in tickets)


@pytest.mark.parametrize("number", GROUP_OF)
async def test_a_department_sees_its_own_tickets_and_the_others_are_missing(front: Front, number: str) -> None:
    tickets = {group: await front.ticket(group, group=group) for group in GROUP_OF.values()}
    colleague = await front.staff(number)
    mine = tickets.pop(GROUP_OF[number])
    assert await numbers(colleague) == [mine.number]
    assert await numbers(colleague, "filter=all") == [mine.number]
    assert await numbers(colleague, f"q={next(iter(tickets.values())).number}") == []
    for foreign in tickets.values():
        assert (await colleague.get(f"tickets/{foreign.number}")).status == 404
        assert (await colleague.post(f"tickets/{foreign.number}/unmask", {})).status == 404
        assert (await colleague.browser.get(f"/media/ticket/{foreign.number}/x")).status == 404


async def test_a_butler_sees_the_own_grid_and_what_has_no_building(front: Front) -> None:
    own, none = await front.ticket("own", building="3"), await front.ticket("none")
    other = await front.ticket("other", building="2")
    butler = await front.staff("B001")
    assert sorted(await numbers(butler)) == sorted([own.number, none.number])
    assert (await butler.get(f"tickets/{other.number}")).status == 404


async def test_an_assigned_job_is_seen_whatever_its_group(front: Front) -> None:
    worker = await front.staff("W001")
    ticket = await front.ticket("assigned", group="order", assignee_id=worker.me.id)
    assert await numbers(worker, "filter=mine") == [ticket.number]
    assert (await worker.get(f"tickets/{ticket.number}")).status == 200


@pytest.mark.parametrize("number", ["W001", "K001", "M001"])
async def test_the_accused_never_sees_the_complaint(front: Front, number: str) -> None:
    accused = await front.staff(number)
    extra = {"accused_ids": [accused.me.id], "accused": accused.me.name}
    ticket = await front.ticket("complaint", type=TicketType.COMPLAINT, extra=extra, summary=f"投诉{accused.me.name}")
    await front.run(
        lambda uow: uow.tasks.add("call", "1", "请回电", accused.me.role.value, front.clock.now(), ticket_id=ticket.id)
    )
    assert await numbers(accused, "filter=all") == []
    assert (await accused.get(f"tickets/{ticket.number}")).status == 404
    assert (await accused.look("tasks"))["tasks"] == []
    figures = await accused.look("figures")
    assert all(each["value"] == 0 for each in figures["figures"])
    assert figures["tasks"] == 0
    assert await numbers(await front.staff("D001")) == [ticket.number]


@pytest.mark.parametrize("number", ["W001", "W000", "K001", "D001"])
async def test_name_phone_and_room_are_masked_at_first(front: Front, number: str) -> None:
    ticket = await of_home(front)
    shown = await facts(await front.staff(number), ticket)
    assert "周**" in shown
    assert "138****1501" in shown
    assert "周晓梅" not in shown
    assert PHONE not in shown
    assert "501" not in shown.replace("1501", "")


async def test_the_assignee_sees_whom_to_visit(front: Front) -> None:
    worker = await front.staff("W001")
    ticket = await of_home(front, assignee_id=worker.me.id)
    shown = await facts(worker, ticket)
    assert all(words in shown for words in ("周晓梅", PHONE, "3栋2单元501"))


async def test_a_list_is_masked_for_everybody(front: Front) -> None:
    worker = await front.staff("W001")
    await of_home(front, assignee_id=worker.me.id)
    shown = str(await worker.look("tickets"))
    assert PHONE not in shown
    assert "501" not in shown


async def test_unmasking_one_ticket_is_recorded_and_ends(front: Front) -> None:
    desk, ticket = await front.staff("K001"), await of_home(front)
    answer = await desk.post(f"tickets/{ticket.number}/unmask", {})
    assert "周晓梅" in await answer.text()
    assert PHONE in await facts(desk, ticket)
    await desk.post(f"tickets/{ticket.number}/unmask", {})
    lines = await front.run(lambda uow: uow.records.of("unmask", f"staff:{desk.me.id}"))
    assert lines == ({"staff": desk.me.id, "ticket": ticket.number},)
    assert PHONE not in await facts(await front.staff("M001"), ticket)
    front.pass_time(minutes=25)
    await desk.look("tickets")
    front.pass_time(minutes=10)
    assert PHONE not in await facts(desk, ticket)


async def test_a_repairman_cannot_unmask_a_colleagues_job(front: Front) -> None:
    worker, ticket = await front.staff("W001"), await of_home(front)
    assert not (await worker.look(f"tickets/{ticket.number}"))["may_unmask"]
    assert (await worker.post(f"tickets/{ticket.number}/unmask", {})).status == 403
    assert await front.run(lambda uow: uow.records.of("unmask", f"staff:{worker.me.id}")) == ()


async def with_photo(front: Front, **fields: object) -> tuple[Ticket, str]:
    """A ticket with a photo, and the photo's address."""
    reference = await store(front.app, picture(), None)
    ticket = await of_home(front, extra={"media": [dict(reference)]}, **fields)
    return ticket, f"/media/ticket/{ticket.number}/{reference['id']}"


async def test_photos_of_a_home_are_for_who_may_see_the_person(front: Front) -> None:
    ticket, address = await with_photo(front)
    worker, desk = await front.staff("W001"), await front.staff("K001")
    assert (await worker.look(f"tickets/{ticket.number}"))["hidden_pictures"] == 1
    assert (await worker.browser.get(address)).status == 404
    assert (await desk.browser.get(address)).status == 404
    await desk.post(f"tickets/{ticket.number}/unmask", {})
    assert await (await desk.browser.get(address)).read() == picture()


async def test_photos_of_public_areas_are_for_the_whole_department(front: Front) -> None:
    _, address = await with_photo(front, public_area=True)
    assert (await (await front.staff("W001")).browser.get(address)).status == 200
    assert (await (await front.staff("C001")).browser.get(address)).status == 404


async def test_a_photo_of_another_ticket_is_not_shown_through_this_one(front: Front) -> None:
    _, address = await with_photo(front, public_area=True)
    other = await front.ticket("other", public_area=True)
    name = address.rpartition("/")[2]
    desk = await front.staff("K001")
    assert (await desk.browser.get(f"/media/ticket/{other.number}/{name}")).status == 404


def labels(shown: Json) -> list[str]:
    """What the buttons say."""
    return [each["label"] for each in shown["actions"]]


async def test_the_buttons_are_those_that_may_be_pressed(front: Front) -> None:
    worker, head = await front.staff("W001"), await front.staff("W000")
    ticket = await of_home(front)
    assert labels(await worker.look(f"tickets/{ticket.number}"))[0] == "接单"
    assert "派给…" not in labels(await worker.look(f"tickets/{ticket.number}"))
    offered = await head.look(f"tickets/{ticket.number}")
    assign = next(each for each in offered["actions"] if each["name"] == "assign")
    assert [each["name"] for each in assign["people"]][:2] == ["张强", "李建国"]


async def test_a_button_says_its_sentence_and_the_ticket_moves_on(front: Front) -> None:
    worker, ticket = await front.staff("W001"), await of_home(front)
    for name, status in (("accept", "accepted"), ("arrive", "arrived"), ("finish", "done")):
        shown = await worker.look(f"tickets/{ticket.number}")
        says = next(each["says"] for each in shown["actions"] if each["name"] == name)
        assert (await worker.say(says)).status == 201

        async def moved(wanted: str = status) -> bool:
            return str((await worker.look(f"tickets/{ticket.number}"))["status"]) == wanted

        await front.until(moved)
    history = (await worker.look(f"tickets/{ticket.number}"))["history"]
    assert [each["text"] for each in history][-3:] == ["张强 接单", "张强 到场", "张强 完工"]


async def test_sentences_that_need_words_are_understood_with_them(front: Front) -> None:
    head, ticket = await front.staff("W000"), await of_home(front)
    shown = await head.look(f"tickets/{ticket.number}")
    says = {each["name"]: each["says"] for each in shown["actions"]}
    await head.say(f"{says['assign']}李建国")
    await head.hears("李建国")
    await head.say(f"{says['suspend']}等配件 到周五")
    await head.hears("已挂起")
    assert (await head.look(f"tickets/{ticket.number}"))["status"] == "suspended"


async def test_late_tickets_are_marked_and_can_be_chosen(front: Front) -> None:
    now = front.clock.now()
    late = await front.ticket("late", respond_due=now)
    await front.ticket("in time")
    front.pass_time(minutes=1)
    desk = await front.staff("K001")
    assert await numbers(desk, "filter=late") == [late.number]
    assert {each["name"]: each["value"] for each in (await desk.look("figures"))["figures"]}["late"] == 1


@pytest.mark.parametrize("query", ["filter=everything", f"q={'x' * 65}"])
async def test_a_list_cannot_be_asked_for_anything_else(front: Front, query: str) -> None:
    answer = await (await front.staff("K001")).get(f"tickets?{query}")
    assert answer.status == 400
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("words", ["%", "_", "' OR 1=1 --", "\\"])
async def test_search_words_are_only_words(front: Front, words: str) -> None:
    await front.ticket("any")
    desk = await front.staff("K001")
    found = await desk.browser.get("/api/v1/console/tickets", params={"q": words})
    assert (await found.json())["tickets"] == []


async def test_a_task_is_closed_by_whom_it_concerns_only(front: Front) -> None:
    now = front.clock.now()
    await front.run(lambda uow: uow.tasks.add("call", "1", "请财务核对", "finance", now))
    worker, finance = await front.staff("W001"), await front.staff("F001")
    task = (await finance.look("tasks"))["tasks"][0]
    assert (await worker.look("tasks"))["tasks"] == []
    assert (await worker.post(f"tasks/{task['id']}/close", {})).status == 404
    assert (await finance.post(f"tasks/{task['id']}/close", {})).status == 200
    assert (await finance.post(f"tasks/{task['id']}/close", {})).status == 404
    assert await front.run(lambda uow: uow.records.of("task_done", f"staff:{finance.me.id}"))


async def test_every_move_and_state_has_a_title(front: Front) -> None:
    from handlers.rules.ticket import MOVES
    from storage.model import TicketStatus

    texts = front.app[PARTS].texts
    wanted = [f"label.move.{move}" for move in MOVES] + [f"label.state.{status.value}" for status in TicketStatus]
    assert [key for key in wanted if not texts.known(key)] == []
