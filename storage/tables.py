"""The tables. Each carries `community_id`, so that a fleet of estates can be sharded by it.

Empty text stands for "none" inside unique keys, because NULLs never equal each other. Columns made by `personal` are
encrypted; partial indexes on open rows keep the cost of a turn the same however much has been closed.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from storage.columns import Moment
from storage.schema import (
    Id,
    all_words,
    at,
    community,
    count,
    index,
    json,
    metadata,
    moments,
    personal,
    ref,
    table,
    texts,
    words,
)

homes = table(
    "homes",
    words("area", ""),
    words("building"),
    words("unit", ""),
    words("room"),
    Column("floor_area_m2", Float),
    *texts("tenure_kind", "state"),
    json("notes"),
    UniqueConstraint("community_id", "building", "unit", "room", "area"),
    index("ix_homes_room", "community_id", "room"),
)

people = table(
    "people",
    personal("name", nullable=False),
    personal("phone"),
    Column("phone_hash", Text),
    words("identity_hash"),
    Column("account", Text),
    json("notes"),
    UniqueConstraint("community_id", "identity_hash"),
    index("ix_people_phone_hash", "community_id", "phone_hash"),
    index("ix_people_account", "community_id", "account", where="account IS NOT NULL"),
)

residencies = table(
    "residencies",
    ref("person_id", "people", nullable=False),
    ref("home_id", "homes", nullable=False),
    words("tenure"),
    Column("since", Date),
    Column("until", Date),
    Column("payer", Boolean, nullable=False),
    UniqueConstraint("community_id", "person_id", "home_id", "tenure"),
    index("ix_residencies_home_id", "home_id"),
    index("ix_residencies_person_id", "person_id"),
)

staff = table(
    "staff",
    words("number"),
    personal("name", nullable=False),
    personal("phone"),
    words("post"),
    words("team"),
    json("skills"),
    json("buildings"),
    Column("account", Text),
    words("role"),
    json("notes"),
    UniqueConstraint("community_id", "number"),
    index("ix_staff_account", "community_id", "account", where="account IS NOT NULL"),
)

identities = Table(
    "identities",
    metadata,
    community(),
    *all_words("channel", "user_id", "lane"),
    Column("person_id", Id, ForeignKey("people.id")),
    Column("staff_id", Id, ForeignKey("staff.id")),
    Column("bound_at", Moment),
    Column("notice_version", Text),
    PrimaryKeyConstraint("community_id", "channel", "user_id"),
    index("ix_identities_person_id", "person_id", where="person_id IS NOT NULL"),
    index("ix_identities_lane", "community_id", "lane"),
    index("ix_identities_user_id", "community_id", "user_id"),
    sqlite_with_rowid=False,
)

lanes = Table(
    "lanes",
    metadata,
    community(),
    words("lane"),
    at("ready_at"),
    count("priority"),
    Column("gather_started_at", Moment),
    Column("lease_until", BigInteger),
    Column("lease_owner", Text),
    PrimaryKeyConstraint("lane", "community_id"),
    index("ix_lanes_ready", "community_id", "priority DESC", "ready_at"),
    sqlite_with_rowid=False,
)

inbox = table(
    "inbox",
    *all_words("channel", "user_id", "key", "kind", "text"),
    json("media"),
    Column("group_name", Text),
    json("data"),
    Column("sent_at", Moment),
    at("received_at"),
    words("lane"),
    words("status"),
    count("attempts"),
    count("priority"),
    Column("reason", Text),
    Column("done_at", Moment),
    UniqueConstraint("community_id", "channel", "key"),
    index("ix_inbox_waiting", "lane", "community_id", where="done_at IS NULL"),
    index("ix_inbox_dead", "community_id", "done_at", where="status = 'dead'"),
    index("ix_inbox_said", "community_id", "channel", "user_id", "id", where="kind IN ('message', 'tap')"),
    index("ix_inbox_group", "community_id", "group_name", "id", where="group_name IS NOT NULL"),
)

outbox = table(
    "outbox",
    *all_words("to_kind", "channel", "user_id", "recipient", "kind", "text_key", "body"),
    json("buttons"),
    Column("ticket_id", Id),
    at("created_at"),
    at("not_before"),
    Column("expires_at", Moment),
    count("priority"),
    count("attempts"),
    words("status"),
    Column("dedupe", Text),
    Column("reserved_for", Id),
    Column("reserved_until", Moment),
    json("data"),
    Column("lease_until", BigInteger),
    *texts("lease_owner", "code", "message_id"),
    Column("ended_at", Moment),
    index("uq_outbox_dedupe", "community_id", "dedupe", where="dedupe IS NOT NULL", unique=True),
    index("ix_outbox_due", "community_id", "priority", "not_before", "id", where="ended_at IS NULL"),
    index("ix_outbox_open", "community_id", "recipient", "id", where="ended_at IS NULL"),
    index("ix_outbox_recipient", "community_id", "recipient", "id"),
    index("ix_outbox_expires_at", "community_id", "expires_at", where="ended_at IS NULL AND expires_at IS NOT NULL"),
    index("ix_outbox_ended", "community_id", "id", where="status IN ('dead', 'expired')"),
    index("ix_outbox_reserved_until", "community_id", "reserved_until", where="reserved_until IS NOT NULL"),
    index("ix_outbox_reserved_for", "reserved_for", where="reserved_for IS NOT NULL"),
    index("ix_outbox_ticket_id", "ticket_id", where="ticket_id IS NOT NULL"),
)

timers = table(
    "timers",
    *all_words("kind", "subject", "lane"),
    Column("due_at", Moment),
    Column("generation", Integer, nullable=False, server_default="1"),
    json("data"),
    at("touched_at"),
    UniqueConstraint("community_id", "subject", "kind"),
    index("ix_timers_due_at", "community_id", "due_at", where="due_at IS NOT NULL"),
)

conversations = Table(
    "conversations",
    metadata,
    community(),
    words("lane"),
    json("state"),
    count("version"),
    at("touched_at"),
    PrimaryKeyConstraint("community_id", "lane"),
)

counters = Table(
    "counters",
    metadata,
    community(),
    words("name"),
    Column("value", BigInteger, nullable=False),
    PrimaryKeyConstraint("community_id", "name"),
    sqlite_with_rowid=False,
)

tickets = table(
    "tickets",
    words("number"),
    Column("day", Date, nullable=False),
    Column("serial", Integer, nullable=False),
    *all_words("type", "category", "status", "urgency", "summary"),
    Column("level", Text),
    ref("home_id", "homes"),
    *texts("building", "unit", "place"),
    Column("public_area", Boolean, nullable=False),
    Column("object", Text),
    *moments("wanted_start", "wanted_end"),
    *texts("reporter_lane", "reporter_kind", "reporter_channel", "reporter_user_id"),
    Column("person_id", Id),
    personal("contact_phone"),
    Column("group_name", Text),
    Column("assignee_id", Id),
    at("created_at"),
    *moments("respond_due", "finish_due", "accepted_at", "arrived_at", "finished_at", "confirmed_at", "closed_at"),
    Column("suspended_from", Text),
    *moments("suspended_at", "suspend_until"),
    count("paused_s"),
    count("reopened"),
    Column("contacts", Integer, nullable=False, server_default="1"),
    Column("merged_into", Id),
    Column("rework_of", Id),
    words("source_key"),
    json("extra"),
    count("version"),
    Column("ended_at", Moment),
    UniqueConstraint("community_id", "number"),
    UniqueConstraint("community_id", "source_key"),
    index("ix_tickets_reporter_lane", "community_id", "reporter_lane", "ended_at"),
    index("ix_tickets_open_serial", "community_id", "serial", where="ended_at IS NULL"),
    index("ix_tickets_open_assignee", "community_id", "assignee_id", where="ended_at IS NULL"),
    index("ix_tickets_open_group", "community_id", "group_name", where="ended_at IS NULL"),
    index("ix_tickets_open_similar", "community_id", "type", "category", "building", where="ended_at IS NULL"),
)

ticket_events = table(
    "ticket_events",
    ref("ticket_id", "tickets", nullable=False),
    at("at"),
    words("actor"),
    words("move"),
    *texts("from_status", "to_status", "reason", "channel"),
    json("data"),
    index("ix_ticket_events_ticket_id", "ticket_id"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    community(),
    words("lane"),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    PrimaryKeyConstraint("community_id", "lane", "ticket_id"),
    index("ix_subscriptions_ticket_id", "ticket_id"),
)

bills = table(
    "bills",
    words("number"),
    ref("home_id", "homes", nullable=False),
    words("fee"),
    words("period"),
    Column("amount_fen", BigInteger, nullable=False),
    Column("paid_fen", BigInteger, nullable=False, server_default="0"),
    Column("due_on", Date, nullable=False),
    words("status"),
    Column("paid_at", Moment),
    count("reminded"),
    Column("first_reminded_at", Moment),
    Column("hold_until", Date),
    json("extra"),
    UniqueConstraint("community_id", "number"),
    index("ix_bills_home_id", "home_id"),
    index("ix_bills_unpaid", "community_id", "id", where="status IN ('due', 'overdue', 'partial')"),
)

payments = table(
    "payments",
    words("transaction_id"),
    ref("bill_id", "bills", nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    at("paid_at"),
    UniqueConstraint("community_id", "transaction_id"),
    index("ix_payments_bill_id", "bill_id"),
)

orders = table(
    "orders",
    *all_words("out_trade_no", "account", "lane"),
    ref("bill_id", "bills", nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    words("status"),
    at("created_at"),
    *texts("transaction_id"),
    UniqueConstraint("community_id", "out_trade_no"),
    index("ix_orders_open", "community_id", "created_at", where="status = 'open'"),
)

faq = table(
    "faq",
    words("question"),
    json("variants"),
    words("answer"),
    Column("since", Date),
    Column("until", Date),
    Column("scope", Text),
    json("notes"),
    UniqueConstraint("community_id", "question"),
)

tasks = table(
    "tasks",
    *all_words("kind", "subject", "title"),
    Column("assignee_role", Text),
    words("status"),
    at("created_at"),
    Column("due_at", Moment),
    Column("ticket_id", Id),
    json("data"),
    Column("closed_at", Moment),
    UniqueConstraint("community_id", "kind", "subject"),
    index("ix_tasks_open", "community_id", "assignee_role", where="closed_at IS NULL"),
)

records = table(
    "records",
    words("kind"),
    words("subject"),
    Column("ticket_id", Id),
    at("at"),
    json("data"),
    index("ix_records_kind_subject", "community_id", "kind", "subject"),
    index("ix_records_kind_at", "community_id", "kind", "at"),
    index("ix_records_ticket_id", "ticket_id", where="ticket_id IS NOT NULL"),
)

media = table(
    "media",
    *all_words("name", "kind", "mime"),
    Column("size", Integer, nullable=False),
    words("sha256"),
    Column("lane", Text),
    Column("ticket_id", Id),
    at("created_at"),
    UniqueConstraint("name", "community_id"),
    index("ix_media_ticket_id", "ticket_id", where="ticket_id IS NOT NULL"),
    index("ix_media_created_at", "community_id", "created_at"),
)

sessions = Table(
    "sessions",
    metadata,
    community(),
    words("token_hash"),
    ref("staff_id", "staff", nullable=False),
    words("csrf"),
    at("created_at"),
    at("seen_at"),
    at("expires_at"),
    PrimaryKeyConstraint("community_id", "token_hash"),
    index("ix_sessions_staff_id", "staff_id"),
)

logins = Table(
    "logins",
    metadata,
    community(),
    words("login"),
    ref("staff_id", "staff", nullable=False),
    words("password_hash"),
    count("failures"),
    Column("failed_at", Moment),
    Column("disabled", Boolean, nullable=False),
    PrimaryKeyConstraint("community_id", "login"),
    index("ix_logins_staff_id", "staff_id"),
)

visitors = Table(
    "visitors",
    metadata,
    community(),
    words("token_hash"),
    words("user_id"),
    at("created_at"),
    at("seen_at"),
    PrimaryKeyConstraint("community_id", "token_hash"),
)
