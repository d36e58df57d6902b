"""The table of ticket moves: what is legal, for whom, and what a move writes (design.md 7, 11)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers.rules import ticket as moves
from storage.model import Role, Ticket, TicketStatus, TicketType
from tests.unit.handlers.factory import ticket

S = TicketStatus
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
OWN = moves.Actor("staff", Role.REPAIRER, own=True)
OTHER = moves.Actor("staff", Role.REPAIRER)
BOSS = moves.Actor("staff", Role.DIRECTOR)

#: Every status from which the assignee of a normal repair may make the move.
LEGAL = {
    "accept": {S.NEW, S.ASSIGNED, S.REOPENED},
    "transfer": {S.ASSIGNED, S.ACCEPTED, S.ARRIVED, S.REOPENED},
    "return": {S.ASSIGNED, S.ACCEPTED, S.ARRIVED, S.REOPENED},
    "arrive": {S.ASSIGNED, S.ACCEPTED, S.REOPENED},
    "finish": {S.ASSIGNED, S.ACCEPTED, S.ARRIVED, S.SUSPENDED},
    "suspend": {S.NEW, S.ASSIGNED, S.ACCEPTED, S.ARRIVED, S.REOPENED},
    "resume": {S.SUSPENDED},
    "delay": {S.NEW, S.ASSIGNED, S.ACCEPTED, S.ARRIVED, S.SUSPENDED, S.REOPENED},
}
#: The same for the director, who may what nobody else may.
BOSS_LEGAL = {
    "assign": LEGAL["delay"],
    "confirm": {S.DONE},
    "reopen": {S.DONE, S.CONFIRMED, S.CLOSED},
    "cancel": {S.NEW, S.ASSIGNED, S.ACCEPTED, S.SUSPENDED, S.REOPENED},
    "merge": LEGAL["delay"],
    "receive": LEGAL["delay"],
    "contact": LEGAL["delay"],
}


def at(status: TicketStatus, **more: object) -> Ticket:
    return ticket(status=status, assignee_id=3, **more)


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("move", sorted(LEGAL))
def test_assignee_moves_only_from_the_statuses_of_the_table(move: str, status: TicketStatus) -> None:
    verdict = moves.allowed(at(status), move, OWN)
    assert isinstance(verdict, moves.Ok) == (status in LEGAL[move])


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("move", sorted(BOSS_LEGAL))
def test_director_moves_only_from_the_statuses_of_the_table(move: str, status: TicketStatus) -> None:
    verdict = moves.allowed(at(status), move, BOSS)
    assert isinstance(verdict, moves.Ok) == (status in BOSS_LEGAL[move])


@pytest.mark.parametrize("move", sorted(moves.MOVES))
@pytest.mark.parametrize("status", [S.CANCELLED, S.MERGED])
def test_nothing_happens_to_a_cancelled_or_merged_ticket(move: str, status: TicketStatus) -> None:
    assert isinstance(moves.allowed(at(status), move, "system", called_back=True), moves.Refused)


@pytest.mark.parametrize(
    ("move", "role", "may"),
    [
        ("assign", Role.DISPATCHER, True),
        ("assign", Role.REPAIR_SUPERVISOR, True),
        ("assign", Role.FRONT_DESK, False),
        ("assign", Role.REPAIRER, False),
        ("finish", Role.REPAIRER, False),
        ("finish", Role.REPAIR_SUPERVISOR, True),
        ("cancel", Role.FRONT_DESK, True),
        ("cancel", Role.REPAIRER, False),
        ("accept", Role.SECURITY, True),
        ("accept", Role.COMPANY_LEADER, False),
        ("offlist", Role.REPAIR_SUPERVISOR, True),
        ("offlist", Role.REPAIRER, False),
        ("quote", Role.FRONT_DESK, False),
        ("receive", Role.CS_MANAGER, True),
        ("receive", Role.CLEANING, False),
        ("merge", Role.BUTLER, True),
    ],
)
def test_permission_matrix_decides_by_role(move: str, role: Role, *, may: bool) -> None:
    status = S.ACCEPTED if move in ("finish", "quote", "offlist") else S.NEW
    verdict = moves.allowed(ticket(status=status), move, role)
    assert isinstance(verdict, moves.Ok) == may
    if not may:
        assert isinstance(verdict, moves.Refused)
        assert verdict.who == moves.MOVES[move].who


def test_another_repairman_cannot_finish_my_job() -> None:
    verdict = moves.allowed(at(S.ACCEPTED), "finish", OTHER)
    assert verdict == moves.Refused("staff.refused.who", "holder")


def test_a_head_and_a_named_dispatcher_may_more_than_their_role() -> None:
    head = moves.Actor("staff", Role.SECURITY, head=True)
    named = moves.Actor("staff", Role.REPAIRER, dispatches=True)
    complaint = ticket(type=TicketType.COMPLAINT, category="parking")
    assert isinstance(moves.allowed(complaint, "receive", head), moves.Ok)
    assert isinstance(moves.allowed(at(S.ACCEPTED), "finish", head), moves.Ok)
    assert isinstance(moves.allowed(ticket(), "assign", named), moves.Ok)
    assert isinstance(moves.allowed(ticket(), "assign", OTHER), moves.Refused)


@pytest.mark.parametrize("move", ["confirm", "reopen"])
def test_resident_signs_off_or_brings_back_a_finished_job(move: str) -> None:
    assert isinstance(moves.allowed(ticket(status=S.DONE), move, "resident"), moves.Ok)


@pytest.mark.parametrize("move", ["accept", "finish", "assign", "close", "level"])
def test_resident_makes_no_staff_move(move: str) -> None:
    assert isinstance(moves.allowed(ticket(status=S.DONE), move, moves.RESIDENT), moves.Refused)


def test_resident_cancels_before_the_work_begins_only() -> None:
    assert isinstance(moves.allowed(ticket(status=S.ACCEPTED), "cancel", "resident"), moves.Ok)
    assert moves.allowed(ticket(status=S.ARRIVED), "cancel", "resident") == moves.Refused("staff.refused.not_now")


@pytest.mark.parametrize("status", [S.DONE, S.CONFIRMED])
def test_nothing_closes_without_a_callback(status: TicketStatus) -> None:
    assert moves.allowed(ticket(status=status), "close", "system") == moves.Refused("staff.refused.callback")
    assert moves.allowed(ticket(status=status), "close", "system", called_back=True) == moves.Ok(S.CLOSED)


def test_urgent_job_is_acknowledged_by_arrival_alone() -> None:
    assert isinstance(moves.allowed(ticket(urgency="urgent"), "arrive", BOSS), moves.Ok)
    assert moves.allowed(ticket(), "arrive", BOSS) == moves.Refused("staff.refused.first_accept")


def test_anybody_on_the_spot_takes_an_emergency() -> None:
    emergency = ticket(type=TicketType.EMERGENCY, urgency="emergency", category="fire")
    assert isinstance(moves.allowed(emergency, "arrive", moves.Actor("staff", Role.CLEANING)), moves.Ok)


def test_inquiry_is_answered_in_one_step_but_a_repair_is_not() -> None:
    desk = moves.Actor("staff", Role.FRONT_DESK)
    assert isinstance(moves.allowed(ticket(type=TicketType.INQUIRY), "finish", desk), moves.Ok)
    assert moves.allowed(ticket(), "finish", BOSS) == moves.Refused("staff.refused.first_accept")


@pytest.mark.parametrize(("type_", "legal"), [(TicketType.COMPLAINT, True), (TicketType.REPAIR, False)])
def test_verdicts_belong_to_complaints(type_: TicketType, *, legal: bool) -> None:
    verdict = moves.allowed(ticket(type=type_), "verdict", Role.CS_MANAGER)
    assert isinstance(verdict, moves.Ok) == legal
    if not legal:
        assert verdict == moves.Refused("staff.refused.type")


def test_leak_tests_and_material_belong_to_repairs() -> None:
    assert isinstance(moves.allowed(at(S.DONE), "leak_end", OWN), moves.Ok)
    complaint = ticket(type=TicketType.COMPLAINT, assignee_id=3)
    assert moves.allowed(complaint, "material", OWN) == moves.Refused("staff.refused.type")


@pytest.mark.parametrize(
    ("status", "move", "key"),
    [
        (S.CLOSED, "accept", "staff.refused.ended"),
        (S.DONE, "finish", "staff.refused.done"),
        (S.NEW, "finish", "staff.refused.first_accept"),
        (S.SUSPENDED, "arrive", "staff.refused.suspended"),
        (S.ACCEPTED, "accept", "staff.refused.already"),
        (S.ARRIVED, "arrive", "staff.refused.already"),
        (S.NEW, "resume", "staff.refused.not_now"),
    ],
)
def test_refusal_says_why(status: TicketStatus, move: str, key: str) -> None:
    assert moves.allowed(at(status), move, OWN) == moves.Refused(key)


def test_stamp_leaves_the_status_alone() -> None:
    assert moves.allowed(ticket(), "receive", BOSS) == moves.Ok(S.NEW)
    assert moves.changes(ticket(), "receive", NOW) == {}


@pytest.mark.parametrize(
    ("move", "column"),
    [("accept", "accepted_at"), ("arrive", "arrived_at"), ("finish", "finished_at"), ("confirm", "confirmed_at")],
)
def test_move_fills_its_time(move: str, column: str) -> None:
    before = S.DONE if move == "confirm" else S.ASSIGNED
    assert moves.changes(at(before), move, NOW)[column] == NOW


def test_resume_goes_back_and_counts_the_pause() -> None:
    stopped = at(S.SUSPENDED, suspended_from=S.ARRIVED, suspended_at=NOW - timedelta(hours=5), paused_s=60)
    assert moves.changes(stopped, "resume", NOW) == {
        "status": S.ARRIVED,
        "paused_s": 60 + 5 * 3600,
        "suspended_at": None,
        "suspend_until": None,
        "suspended_from": None,
    }


def test_resume_of_an_unknown_place_is_accepted() -> None:
    assert moves.after(at(S.SUSPENDED), "resume") is S.ACCEPTED
    assert "paused_s" not in moves.changes(at(S.SUSPENDED), "resume", NOW)


def test_suspend_remembers_where_it_was() -> None:
    changed = moves.changes(at(S.ARRIVED), "suspend", NOW)
    assert changed == {"status": S.SUSPENDED, "suspended_at": NOW, "suspended_from": S.ARRIVED}


def test_reopening_counts_and_begins_a_new_round() -> None:
    done = replace(at(S.DONE, reopened=1), finished_at=NOW, accepted_at=NOW)
    changed = moves.changes(done, "reopen", NOW)
    assert changed["reopened"] == 2
    assert changed["status"] is S.REOPENED
    assert changed["finished_at"] is changed["accepted_at"] is changed["arrived_at"] is None


def test_own_correction_is_the_assignees_too() -> None:
    assert isinstance(moves.allowed(at(S.ACCEPTED), "correct", OWN), moves.Ok)
    assert isinstance(moves.allowed(at(S.ACCEPTED), "correct", OTHER), moves.Refused)
