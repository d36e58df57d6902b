"""Tasks, records, media and log-ins."""

from datetime import UTC, datetime, timedelta

from storage.database import Database
from storage.import_row import StaffRow
from storage.media import MediaFile
from storage.model import Role
from storage.sessions import Session
from storage.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def staff_id(uow: UnitOfWork) -> int:
    uow.imports.staff([StaffRow("G1", "李强", None, "客服", "客服", (), (), None, Role.FRONT_DESK)], NOW)
    return uow.staff.all()[0].id


def test_a_task_is_shown_once_until_it_is_done(database: Database) -> None:
    with database.transaction() as uow:
        assert uow.tasks.add("call", "t:1", "请致电", "front_desk", NOW, due_at=NOW + HOUR, ticket_id=4, data={"n": 1})
        assert not uow.tasks.add("call", "t:1", "再次", "front_desk", NOW)
        (task,) = uow.tasks.open()
        assert (task.title, task.due_at, task.ticket_id, task.data) == ("请致电", NOW + HOUR, 4, {"n": 1})
        assert uow.tasks.get(task.id) == task
        assert uow.tasks.close("call", "t:1", NOW)
        assert not uow.tasks.close("call", "t:1", NOW)
        assert uow.tasks.open() == ()


def test_a_task_that_was_done_can_come_again(database: Database) -> None:
    with database.transaction() as uow:
        uow.tasks.add("call", "t:1", "请致电", "front_desk", NOW)
        assert uow.tasks.close_by_id(uow.tasks.open()[0].id, NOW)
        assert uow.tasks.add("call", "t:1", "再次致电", "front_desk", NOW + HOUR)
        assert [(task.title, task.created_at) for task in uow.tasks.open()] == [("再次致电", NOW + HOUR)]


def test_each_role_sees_its_own_tasks_oldest_first(database: Database) -> None:
    with database.transaction() as uow:
        for n, role in enumerate(("finance", "front_desk", "finance")):
            uow.tasks.add("call", str(n), str(n), role, NOW + n * HOUR)
        assert [task.title for task in uow.tasks.open("finance")] == ["0", "2"]
        assert [task.title for task in uow.tasks.open(limit=2)] == ["0", "1"]


def test_records_are_told_in_the_order_of_their_time(database: Database) -> None:
    with database.transaction() as uow:
        uow.records.add("visit", "home:1", {"n": 2}, None, NOW + HOUR)
        uow.records.add("visit", "home:1", {"n": 1}, 9, NOW)
        uow.records.add("letter", "home:1", {"n": 3}, 9, NOW)
        assert uow.records.of("visit", "home:1") == ({"n": 1}, {"n": 2})
        assert uow.records.of_ticket(9) == (("visit", NOW, {"n": 1}), ("letter", NOW, {"n": 3}))
        assert uow.records.between("visit", NOW, NOW + HOUR) == (("home:1", NOW, {"n": 1}),)


def test_files_are_attached_to_one_ticket_and_counted(database: Database) -> None:
    def file(name: str, kind: str = "image", at: datetime = NOW) -> MediaFile:
        return MediaFile(name, kind, "image/jpeg", 100, "ab", "person:7", None, at)

    with database.transaction() as uow:
        assert uow.media.add(file("a"))
        assert not uow.media.add(file("a"))
        uow.media.add(file("b"))
        uow.media.add(file("c", "video", NOW + HOUR))
        assert uow.media.get("a") == file("a")
        assert uow.media.attach(["a", "c", "none"], 5) == 2
        assert uow.media.attach(["a"], 6) == 0
        found = [uow.media.get(name) for name in "abc"]
        assert [each and each.ticket_id for each in found] == [5, None, 5]
        assert uow.media.bytes() == 300
        assert uow.media.older(NOW + HOUR) == ("a", "b")
        assert uow.media.drop(["a", "b"]) == 2
        assert uow.media.get("a") is None


def test_a_log_in_lives_until_it_ends(database: Database) -> None:
    with database.transaction() as uow:
        who = staff_id(uow)
        uow.sessions.start("h1", who, "csrf", NOW, NOW + 12 * HOUR)
        assert uow.sessions.find("h1", NOW) == Session(who, "csrf", NOW, NOW, NOW + 12 * HOUR)
        uow.sessions.seen("h1", NOW + HOUR)
        found = uow.sessions.find("h1", NOW + HOUR)
        assert found is not None
        assert found.seen_at == NOW + HOUR
        assert uow.sessions.find("h1", NOW + 12 * HOUR) is None
        uow.sessions.end("h1")
        assert uow.sessions.find("h1", NOW) is None


def test_all_log_ins_of_a_disabled_account_end(database: Database) -> None:
    with database.transaction() as uow:
        who = staff_id(uow)
        uow.sessions.start("h1", who, "c", NOW, NOW + HOUR)
        uow.sessions.start("h2", who, "c", NOW, NOW + 2 * HOUR)
        assert uow.sessions.expire(NOW + HOUR) == 1
        assert uow.sessions.end_all(who) == 1
        assert uow.sessions.find("h2", NOW) is None


def test_wrong_passwords_are_counted_until_the_right_one(database: Database) -> None:
    with database.transaction() as uow:
        who = staff_id(uow)
        assert uow.sessions.login("li") is None
        uow.sessions.set_password("li", who, "$argon2id$1")
        uow.sessions.failed("li", NOW)
        uow.sessions.failed("li", NOW + HOUR)
        login = uow.sessions.login("li")
        assert login is not None
        assert (login.staff_id, login.failures, login.failed_at, login.disabled) == (who, 2, NOW + HOUR, False)
        uow.sessions.succeeded("li")
        after = uow.sessions.login("li")
        assert after is not None
        assert (after.failures, after.failed_at) == (0, None)


def test_a_new_password_opens_a_disabled_account(database: Database) -> None:
    with database.transaction() as uow:
        who = staff_id(uow)
        uow.sessions.set_password("li", who, "old")
        uow.sessions.disable("li")
        assert uow.sessions.login("li").disabled  # type: ignore[union-attr]
        uow.sessions.set_password("li", who, "new")
        login = uow.sessions.login("li")
        assert login is not None
        assert (login.password_hash, login.disabled) == ("new", False)


def test_a_web_visitor_is_known_by_the_hash_of_his_token(database: Database) -> None:
    with database.transaction() as uow:
        uow.sessions.add_visitor("h1", "v1", NOW)
        uow.sessions.add_visitor("h1", "v2", NOW)
        uow.sessions.visitor_seen("h1", NOW + HOUR)
        assert uow.sessions.visitor("h1") == "v1"
