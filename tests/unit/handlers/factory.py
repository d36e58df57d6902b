"""Facts and meanings built by hand, for tests of pure decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from handlers import facts as f
from handlers.rules import Rules
from handlers.rules.reception import ReceptionRules
from nlp.meaning import Act, Meaning, Reading, Room, Sentiment, Slots, TimeWindow, Urgency
from storage.message import Conversation, Inbound, InboundKind
from storage.model import Address, Home, Person, Residency, Role, Staff, Tenure, Ticket, TicketStatus, TicketType

ZONE = ZoneInfo("Asia/Shanghai")
#: Sunday, 10:00 in the estate.
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ESTATE = f.Estate("main", "青禾园", "苏州", ZONE, {"service": "0512-55550000"}, 1200)
#: No gather pause: most tests look at the turn itself.
RULES = Rules(reception=ReceptionRules(gather_s=0.0))

HOME = Home(1, "main", None, "3", "2", "501")
OTHER_HOME = Home(2, "main", None, "5", "1", "102")
HOMES = (
    HOME,
    OTHER_HOME,
    Home(3, "main", None, "12", "1", "1201"),
    Home(4, "main", None, "12", "1", "1202"),
    Home(5, "main", None, "3", "1", "501"),
)
OWNER = Person(7, "main", "周晓岚", "13900001111")


def staff(id_: int, name: str, role: Role, *, team: str = "", post: str = "", skills: tuple[str, ...] = ()) -> Staff:
    """A member of staff with the account `s<id>`."""
    return Staff(id_, "main", f"W{id_:03}", name, None, post, team, skills, (), f"s{id_}", role)


STAFF = (
    staff(1, "值班员", Role.DUTY),
    staff(2, "维修主管", Role.REPAIR_SUPERVISOR, team="repair"),
    staff(3, "修理工", Role.REPAIRER, team="repair", skills=("water_leak", "electricity")),
    staff(4, "客服经理", Role.CS_MANAGER),
    staff(5, "主任", Role.DIRECTOR),
    staff(6, "前台", Role.FRONT_DESK),
)


class Known(dict[f.Query[Any], Any]):
    """Answers to queries: those given, else what the small estate above would say, else nothing."""

    def __missing__(self, query: f.Query[Any]) -> Any:
        """The default answer of a query class."""
        match query:
            case f.HomesLike(room):
                return tuple(home for home in HOMES if _fits(home, room))
            case f.AllStaff():
                return STAFF
            case f.StaffById(id_):
                return next((s for s in STAFF if s.id == id_), None)
            case f.StaffLoads():
                return {}
            case f.TicketById() | f.TimerOf() | f.LaneOfPerson() | f.PersonOfLane() | f.BillById() | f.BillByNumber():
                return None
            case f.PaymentBooked():
                return False
            case f.ConversationOf():
                return Conversation()
            case _:
                return ()


def _fits(home: Home, room: Room) -> bool:
    pairs = ((room.building, home.building), (room.unit, home.unit), (room.room, home.room), (room.area, home.area))
    return all(said is None or said == there for said, there in pairs)


def window(day: int, start: int, end: int | None = None, month: int = 11) -> TimeWindow:
    """A window in 2026 by day and hours in the estate's zone."""
    first = datetime(2026, month, day, start, tzinfo=ZONE)
    return TimeWindow(first, first.replace(hour=end) if end is not None else None)


def act(intent: str = "repair", category: str = "water_leak", text: str = "", **more: Any) -> Act:
    """One wish; `confidence` 0.95 unless given, other keywords are slots."""
    confidence = more.pop("confidence", 0.95)
    return Act(intent, category, confidence, text, Slots(**more))  # type: ignore[arg-type]  # test shorthand


def meaning(
    text: str = "",
    *acts: Act,
    intent: str = "repair",
    category: str = "water_leak",
    confidence: float = 0.95,
    urgency: Urgency = "normal",
    sentiment: Sentiment = "neutral",
    closed: bool = False,
    choices: Sequence[Reading] = (),
    rooms: Sequence[Room] = (),
    **slots: Any,
) -> Meaning:
    """A reading: of one wish with `slots`, or of the `acts` given."""
    wishes = acts or (act(intent, category, text, confidence=confidence, **slots),)
    union = wishes[0].slots
    for wish in wishes[1:]:
        union = replace(union, **{name: getattr(union, name) or getattr(wish.slots, name) for name in Slots.__slots__})
    all_rooms = tuple(rooms) or ((union.room,) if union.room else ())
    return Meaning(text, wishes, urgency, sentiment, closed, union, tuple(choices), all_rooms)


def vague(text: str, **slots: Any) -> Meaning:
    """A reading that is no wish of its own, like most answers to questions."""
    return meaning(text, intent="other", category="other", confidence=0.3, **slots)


def facts(
    text: str = "",
    *,
    meaning: Meaning | None = None,
    person: Person | None = OWNER,
    homes: Sequence[Home] = (HOME,),
    tickets: Sequence[Ticket] = (),
    known: Mapping[f.Query[Any], Any] | None = None,
    conversation: Conversation | None = None,
    staff: Staff | None = None,
    group: str | None = None,
    lane: str | None = None,
    kind: InboundKind = "message",
    data: Mapping[str, Any] | None = None,
    media: Sequence[Mapping[str, Any]] = (),
    texts: Sequence[str] = (),
    now: datetime = NOW,
    rules: Rules = RULES,
) -> f.Facts:
    """The snapshot of a turn: by default the bound owner of 3栋2单元501 speaks on the web chat."""
    if staff is not None:
        person, homes = None, ()
    if person is None and homes == (HOME,):
        homes = ()
    speaks = f"staff:{staff.id}" if staff else f"person:{person.id}" if person else "user:webchat.main:u1"
    address_kind = "group" if group else "staff" if staff else "resident"
    return f.Facts(
        now=now,
        estate=ESTATE,
        rules=rules,
        speaker=f.Speaker(
            lane or speaks,
            Address(address_kind, "webchat.main", group or "u1"),  # type: ignore[arg-type]  # one of three literals
            person,
            tuple(Residency(person.id, home, Tenure.OWNER, date(2020, 1, 1)) for home in homes) if person else (),
            staff,
            group,
        ),
        inbound=Inbound("webchat.main", "u1", "k1", kind, text, tuple(media), group, dict(data or {}), now),
        conversation=conversation or Conversation(),
        meaning=meaning if meaning is not None else vague(text) if text else None,
        texts=tuple(texts) or ((text,) if text else ()),
        tickets=tuple(tickets),
        known=Known(known or {}),
    )


def ticket(id_: int = 12, **more: Any) -> Ticket:
    """An open repair of 3栋2单元501, opened an hour ago; any field may be given."""
    values: dict[str, Any] = {
        "id": id_,
        "community_id": "main",
        "number": f"R261122-{id_:03}",
        "type": TicketType.REPAIR,
        "category": "water_leak",
        "status": TicketStatus.NEW,
        "urgency": "normal",
        "summary": "厨房水管漏水",
        "home": HOME,
        "building": "3",
        "unit": "2",
        "place": "厨房",
        "object": "水管",
        "reporter_lane": "person:7",
        "person_id": 7,
        "group": "repair",
        "created_at": datetime(2026, 11, 22, 1, 0, tzinfo=UTC),
    }
    return Ticket(**(values | more))
