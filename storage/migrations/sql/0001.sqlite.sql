-- The first schema, as SQLite takes it. Frozen: a change of the tables is a new migration.

CREATE TABLE conversations (
  community_id TEXT NOT NULL,
  lane TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER DEFAULT '0' NOT NULL,
  touched_at BIGINT NOT NULL,
  CONSTRAINT pk_conversations PRIMARY KEY (community_id, lane)
);

CREATE TABLE counters (
  community_id TEXT NOT NULL,
  name TEXT NOT NULL,
  value BIGINT NOT NULL,
  CONSTRAINT pk_counters PRIMARY KEY (community_id, name)
)
 WITHOUT ROWID;

CREATE TABLE faq (
  id INTEGER NOT NULL,
  community_id TEXT NOT NULL,
  question TEXT NOT NULL,
  variants TEXT NOT NULL,
  answer TEXT NOT NULL,
  since DATE,
  until DATE,
  scope TEXT,
  notes TEXT NOT NULL,
  CONSTRAINT pk_faq PRIMARY KEY (id),
  CONSTRAINT uq_faq_community_id_question UNIQUE (community_id, question)
);

CREATE TABLE homes (
  id INTEGER NOT NULL,
  community_id TEXT NOT NULL,
  area TEXT DEFAULT '' NOT NULL,
  building TEXT NOT NULL,
  unit TEXT DEFAULT '' NOT NULL,
  room TEXT NOT NULL,
  floor_area_m2 FLOAT,
  tenure_kind TEXT,
  state TEXT,
  notes TEXT NOT NULL,
  CONSTRAINT pk_homes PRIMARY KEY (id),
  CONSTRAINT uq_homes_community_id_building_unit_room_area UNIQUE (community_id, building, unit, room, area)
);

CREATE INDEX ix_homes_room ON homes (community_id, room);

CREATE TABLE inbox (
  id INTEGER NOT NULL,
  community_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  user_id TEXT NOT NULL,
  "key" TEXT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  media TEXT NOT NULL,
  group_name TEXT,
  data TEXT NOT NULL,
  sent_at BIGINT,
  received_at BIGINT NOT NULL,
  lane TEXT NOT NULL,
  status TEXT NOT NULL,
  attempts INTEGER DEFAULT '0' NOT NULL,
  priority INTEGER DEFAULT '0' NOT NULL,
  reason TEXT,
  done_at BIGINT,
  CONSTRAINT pk_inbox PRIMARY KEY (id),
  CONSTRAINT uq_inbox_community_id_channel_key UNIQUE (community_id, channel, "key")
);

CREATE INDEX ix_inbox_dead ON inbox (community_id, done_at) WHERE status = 'dead';

CREATE INDEX ix_inbox_group ON inbox (community_id, group_name, id) WHERE group_name IS NOT NULL;

CREATE INDEX ix_inbox_said ON inbox (community_id, channel, user_id, id) WHERE kind IN ('message', 'tap');

CREATE INDEX ix_inbox_waiting ON inbox (lane, community_id) WHERE done_at IS NULL;

CREATE TABLE lanes (
  community_id TEXT NOT NULL,
  lane TEXT NOT NULL,
  ready_at BIGINT NOT NULL,
  priority INTEGER DEFAULT '0' NOT NULL,
  gather_started_at BIGINT,
  lease_until BIGINT,
  lease_owner TEXT,
  CONSTRAINT pk_lanes PRIMARY KEY (lane, community_id)
)
 WITHOUT ROWID;

CREATE INDEX ix_lanes_ready ON lanes (community_id, priority DESC, ready_at);

CREATE TABLE media (
  id INTEGER NOT NULL,
  community_id TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  mime TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  lane TEXT,
  ticket_id INTEGER,
  created_at BIGINT NOT NULL,
  CONSTRAINT pk_media PRIMARY KEY (id),
  CONSTRAINT uq_media_name_community_id UNIQUE (name, community_id)
);

CREATE INDEX ix_media_created_at ON media (community_id, created_at);

CREATE INDEX ix_media_ticket_id ON media (ticket_id) WHERE ticket_id IS NOT NULL;

CREATE TABLE outbox (
  id INTEGER NOT NULL,
  community_id TEXT NOT NULL,
  to_kind TEXT NOT NULL,
  channel TEXT NOT NULL,
  user_id TEXT NOT NULL,
  recipient TEXT NOT NULL,
  kind TEXT NOT NULL,
  text_key TEXT NOT NULL,
  body TEXT NOT NULL,
  buttons TEXT NOT NULL,
  ticket_id INTEGER,
  created_at BIGINT NOT NULL,
  not_before BIGINT NOT NULL,
  expires_at BIGINT,
  priority INTEGER DEFAULT '0' NOT NULL,
  attempts INTEGER DEFAULT '0' NOT NULL,
  status TEXT NOT NULL,
  dedupe TEXT,
  reserved_for INTEGER,
  reserved_until BIGINT,
  data TEXT NOT NULL,
  lease_until BIGINT,
  lease_owner TEXT,
  code TEXT,
  message_id TEXT,
  ended_at BIGINT,
  CONSTRAINT pk_outbox PRIMARY KEY (id)
);

CREATE INDEX ix_outbox_due ON outbox (community_id, priority, not_before, id) WHERE ended_at IS NULL;

CREATE INDEX ix_outbox_ended ON outbox (community_id, id) WHERE status IN ('dead', 'expired');

CREATE INDEX ix_outbox_expires_at ON outbox (community_id, expires_at) WHERE ended_at IS NULL AND expires_at IS NOT NULL;

CREATE INDEX ix_outbox_open ON outbox (community_id, recipient, id) WHERE ended_at IS NULL;

CREATE INDEX ix_outbox_recipient ON outbox (community_id, recipient, id);

CREATE INDEX ix_outbox_reserved_for ON outbox (reserved_for) WHERE reserved_for IS NOT NULL;

CREATE INDEX ix_outbox_reserved_until ON outbox (community_id, reserved_until) WHERE reserved_until IS NOT NULL;

CREATE INDEX ix_outbox_ticket_id ON outbox (ticket_id) WHERE ticket_id IS NOT NULL;

CREATE UNIQUE INDEX uq_outbox_dedupe ON outbox (community_id, dedupe) WHERE dedupe IS NOT NULL;

CREATE TABLE people (
  id INTEGER NOT NULL,
  community_id TEXT NOT NULL,
  name BLOB NOT NULL,
  phone BLOB,
  phone_hash TEXT,
  identity_hash TEXT NOT NULL,
  account TEXT,
  notes TEXT NOT NULL,
  CONSTRAINT pk_people PRIMARY KEY (id),
  CONSTRAINT uq_people_community_id_identity_hash UNIQUE (community_id, identity_hash)
);

CREATE INDEX ix_people_account ON people (community_id, account) WHERE account IS NOT NULL;

CREATE INDEX ix_people_phone_hash ON people (community_id, phone_hash);

CREATE TABLE records (
  id INTEGER NOT NULL,
  community_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  ticket_id INTEGER,
  at BIGINT NOT NULL,
  data TEXT NOT NULL,
  CONSTRAINT pk_records PRIMARY KEY (id)
);

CREATE INDEX ix_records_kind_at ON records (community_id, kind, at);

CREATE INDEX ix_records_kind_subject ON records (community_id, kind, subject);

CREATE INDEX ix_records_ticket_id ON records (ticket_id) WHERE ticket_id IS NOT NULL;

CREATE TABLE staff (
  id INTEGER NOT NULL,
  community_id TEXT NOT NULL,
  number TEXT NOT NULL,
  name BLOB NOT NULL,
  phone BLOB,
  post TEXT NOT NULL,
  team TEXT NOT NULL,
  skills TEXT NOT NULL,
  buildings TEXT NOT NULL,
  account TEXT,
  role TEXT NOT NULL,
  notes TEXT NOT NULL,
  CONSTRAINT pk_staff PRIMARY KEY (id),
  CONSTRAINT uq_staff_community_id_number UNIQUE (community_id, number)
);

CREATE INDEX ix_staff_account ON staff (community_id, account) WHERE account IS NOT NULL;

CREATE TABLE tasks (
  id INTEGER NOT NULL,
  community_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  title TEXT NOT NULL,
  assignee_role TEXT,
  status TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  due_at BIGINT,
  ticket_id INTEGER,
  data TEXT NOT NULL,
  closed_at BIGINT,
  CONSTRAINT pk_tasks PRIMARY KEY (id),
  CONSTRAINT uq_tasks_community_id_kind_subject UNIQUE (community_id, kind, subject)
);

CREATE INDEX ix_tasks_open ON tasks (community_id, assignee_role) WHERE closed_at IS NULL;

CREATE TABLE timers (
  id INTEGER NOT NULL,
  community_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  lane TEXT NOT NULL,
  due_at BIGINT,
  generation INTEGER DEFAULT '1' NOT NULL,
  data TEXT NOT NULL,
  touched_at BIGINT NOT NULL,
  CONSTRAINT pk_timers PRIMARY KEY (id),
  CONSTRAINT uq_timers_community_id_subject_kind UNIQUE (community_id, subject, kind)
);

CREATE INDEX ix_timers_due_at ON timers (community_id, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE visitors (
  community_id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  user_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  CONSTRAINT pk_visitors PRIMARY KEY (community_id, token_hash)
);

CREATE TABLE bills (
  id INTEGER NOT NULL,
  community_id TEXT NOT NULL,
  number TEXT NOT NULL,
  home_id INTEGER NOT NULL,
  fee TEXT NOT NULL,
  period TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  paid_fen BIGINT DEFAULT '0' NOT NULL,
  due_on DATE NOT NULL,
  status TEXT NOT NULL,
  paid_at BIGINT,
  reminded INTEGER DEFAULT '0' NOT NULL,
  first_reminded_at BIGINT,
  hold_until DATE,
  extra TEXT NOT NULL,
  CONSTRAINT pk_bills PRIMARY KEY (id),
  CONSTRAINT uq_bills_community_id_number UNIQUE (community_id, number),
  CONSTRAINT fk_bills_home_id FOREIGN KEY(home_id) REFERENCES homes (id)
);

CREATE INDEX ix_bills_home_id ON bills (home_id);

CREATE INDEX ix_bills_unpaid ON bills (community_id, id) WHERE status IN ('due', 'overdue', 'partial');

CREATE TABLE identities (
  community_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  user_id TEXT NOT NULL,
  lane TEXT NOT NULL,
  person_id INTEGER,
  staff_id INTEGER,
  bound_at BIGINT,
  notice_version TEXT,
  CONSTRAINT pk_identities PRIMARY KEY (community_id, channel, user_id),
  CONSTRAINT fk_identities_person_id FOREIGN KEY(person_id) REFERENCES people (id),
  CONSTRAINT fk_identities_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id)
)
 WITHOUT ROWID;

CREATE INDEX ix_identities_lane ON identities (community_id, lane);

CREATE INDEX ix_identities_person_id ON identities (person_id) WHERE person_id IS NOT NULL;

CREATE INDEX ix_identities_user_id ON identities (community_id, user_id);

CREATE TABLE logins (
  community_id TEXT NOT NULL,
  login TEXT NOT NULL,
  staff_id INTEGER NOT NULL,
  password_hash TEXT NOT NULL,
  failures INTEGER DEFAULT '0' NOT NULL,
  failed_at BIGINT,
  disabled BOOLEAN NOT NULL,
  CONSTRAINT pk_logins PRIMARY KEY (community_id, login),
  CONSTRAINT fk_logins_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id)
);

CREATE INDEX ix_logins_staff_id ON logins (staff_id);

CREATE TABLE residencies (
  id INTEGER NOT NULL,
  community_id TEXT NOT NULL,
  person_id INTEGER NOT NULL,
  home_id INTEGER NOT NULL,
  tenure TEXT NOT NULL,
  since DATE,
  until DATE,
  payer BOOLEAN NOT NULL,
  CONSTRAINT pk_residencies PRIMARY KEY (id),
  CONSTRAINT uq_residencies_community_id_person_id_home_id_tenure UNIQUE (community_id, person_id, home_id, tenure),
  CONSTRAINT fk_residencies_person_id FOREIGN KEY(person_id) REFERENCES people (id),
  CONSTRAINT fk_residencies_home_id FOREIGN KEY(home_id) REFERENCES homes (id)
);

CREATE INDEX ix_residencies_home_id ON residencies (home_id);

CREATE INDEX ix_residencies_person_id ON residencies (person_id);

CREATE TABLE sessions (
  community_id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  staff_id INTEGER NOT NULL,
  csrf TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  CONSTRAINT pk_sessions PRIMARY KEY (community_id, token_hash),
  CONSTRAINT fk_sessions_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id)
);

CREATE INDEX ix_sessions_staff_id ON sessions (staff_id);

CREATE TABLE tickets (
  id INTEGER NOT NULL,
  community_id TEXT NOT NULL,
  number TEXT NOT NULL,
  day DATE NOT NULL,
  serial INTEGER NOT NULL,
  type TEXT NOT NULL,
  category TEXT NOT NULL,
  status TEXT NOT NULL,
  urgency TEXT NOT NULL,
  summary TEXT NOT NULL,
  level TEXT,
  home_id INTEGER,
  building TEXT,
  unit TEXT,
  place TEXT,
  public_area BOOLEAN NOT NULL,
  object TEXT,
  wanted_start BIGINT,
  wanted_end BIGINT,
  reporter_lane TEXT,
  reporter_kind TEXT,
  reporter_channel TEXT,
  reporter_user_id TEXT,
  person_id INTEGER,
  contact_phone BLOB,
  group_name TEXT,
  assignee_id INTEGER,
  created_at BIGINT NOT NULL,
  respond_due BIGINT,
  finish_due BIGINT,
  accepted_at BIGINT,
  arrived_at BIGINT,
  finished_at BIGINT,
  confirmed_at BIGINT,
  closed_at BIGINT,
  suspended_from TEXT,
  suspended_at BIGINT,
  suspend_until BIGINT,
  paused_s INTEGER DEFAULT '0' NOT NULL,
  reopened INTEGER DEFAULT '0' NOT NULL,
  contacts INTEGER DEFAULT '1' NOT NULL,
  merged_into INTEGER,
  rework_of INTEGER,
  source_key TEXT NOT NULL,
  extra TEXT NOT NULL,
  version INTEGER DEFAULT '0' NOT NULL,
  ended_at BIGINT,
  CONSTRAINT pk_tickets PRIMARY KEY (id),
  CONSTRAINT uq_tickets_community_id_number UNIQUE (community_id, number),
  CONSTRAINT uq_tickets_community_id_source_key UNIQUE (community_id, source_key),
  CONSTRAINT fk_tickets_home_id FOREIGN KEY(home_id) REFERENCES homes (id)
);

CREATE INDEX ix_tickets_open_assignee ON tickets (community_id, assignee_id) WHERE ended_at IS NULL;

CREATE INDEX ix_tickets_open_group ON tickets (community_id, group_name) WHERE ended_at IS NULL;

CREATE INDEX ix_tickets_open_serial ON tickets (community_id, serial) WHERE ended_at IS NULL;

CREATE INDEX ix_tickets_open_similar ON tickets (community_id, type, category, building) WHERE ended_at IS NULL;

CREATE INDEX ix_tickets_reporter_lane ON tickets (community_id, reporter_lane, ended_at);

CREATE TABLE orders (
  id INTEGER NOT NULL,
  community_id TEXT NOT NULL,
  out_trade_no TEXT NOT NULL,
  account TEXT NOT NULL,
  lane TEXT NOT NULL,
  bill_id INTEGER NOT NULL,
  amount_fen BIGINT NOT NULL,
  status TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  transaction_id TEXT,
  CONSTRAINT pk_orders PRIMARY KEY (id),
  CONSTRAINT uq_orders_community_id_out_trade_no UNIQUE (community_id, out_trade_no),
  CONSTRAINT fk_orders_bill_id FOREIGN KEY(bill_id) REFERENCES bills (id)
);

CREATE INDEX ix_orders_open ON orders (community_id, created_at) WHERE status = 'open';

CREATE TABLE payments (
  id INTEGER NOT NULL,
  community_id TEXT NOT NULL,
  transaction_id TEXT NOT NULL,
  bill_id INTEGER NOT NULL,
  amount_fen BIGINT NOT NULL,
  paid_at BIGINT NOT NULL,
  CONSTRAINT pk_payments PRIMARY KEY (id),
  CONSTRAINT uq_payments_community_id_transaction_id UNIQUE (community_id, transaction_id),
  CONSTRAINT fk_payments_bill_id FOREIGN KEY(bill_id) REFERENCES bills (id)
);

CREATE INDEX ix_payments_bill_id ON payments (bill_id);

CREATE TABLE subscriptions (
  community_id TEXT NOT NULL,
  lane TEXT NOT NULL,
  ticket_id INTEGER NOT NULL,
  CONSTRAINT pk_subscriptions PRIMARY KEY (community_id, lane, ticket_id),
  CONSTRAINT fk_subscriptions_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id)
);

CREATE INDEX ix_subscriptions_ticket_id ON subscriptions (ticket_id);

CREATE TABLE ticket_events (
  id INTEGER NOT NULL,
  community_id TEXT NOT NULL,
  ticket_id INTEGER NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  move TEXT NOT NULL,
  from_status TEXT,
  to_status TEXT,
  reason TEXT,
  channel TEXT,
  data TEXT NOT NULL,
  CONSTRAINT pk_ticket_events PRIMARY KEY (id),
  CONSTRAINT fk_ticket_events_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id)
);

CREATE INDEX ix_ticket_events_ticket_id ON ticket_events (ticket_id);
