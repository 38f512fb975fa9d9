-- +goose Up
-- Codes that prove a number or an address to be somebody's, until they are used
-- or have expired.
create table resident_codes (
  district text collate "C" not null,
  id       text collate "C" not null, -- keyed digest of the browser's token, hex
  revision bigint not null,
  channel  text not null, -- sms or email
  address  bytea not null, -- sealed
  contact  text collate "C" not null, -- whose address it is to prove, or '' to sign in
  digest   text not null, -- keyed digest of the code
  code     bytea, -- sealed; null once it was sent
  lang     text not null,
  sent     bigint not null, -- when a code was made last, Unix ms
  tries    bigint not null,
  expires  bigint not null, -- Unix ms
  primary key (district, id)
);

-- Residents who signed in.
create table resident_sessions (
  district      text collate "C" not null,
  id            text collate "C" not null, -- keyed digest of the token, hex
  channel       text not null,
  address       bytea not null, -- sealed
  address_index text collate "C" not null, -- blind index, as that of contacts
  opened        bigint not null, -- Unix ms
  seen          bigint not null, -- Unix ms
  primary key (district, id)
);
create index resident_sessions_address on resident_sessions (district, address_index);

-- How often something was done: package limits. Names are keyed digests.
create table meters (
  district text collate "C" not null,
  bucket   text collate "C" not null,
  slot     bigint not null, -- the window that runs
  used     bigint not null,
  earlier  bigint not null, -- in the window before
  ends     bigint not null, -- when nothing of it counts any more, Unix ms
  primary key (district, bucket)
);

-- What is to be sent to residents, or was given up. To what address, the row it
-- names says.
create table dispatches (
  district text collate "C" not null,
  id       text collate "C" not null,
  kind     text not null, -- package residents
  target   text collate "C" not null, -- id of the code, contact or subscription
  case_id  text collate "C" not null, -- or ''
  step     bigint not null, -- of the case
  queued   bigint not null, -- Unix ms
  next_at  bigint not null, -- when to try, Unix ms; 0 of one given up
  attempts bigint not null,
  answer   bigint not null, -- the last refusal, or 0
  expires  bigint not null, -- of no use afterwards, Unix ms; 0 for never
  primary key (district, id)
);
create index dispatches_next on dispatches (district, next_at);
create unique index dispatches_step on dispatches (district, target, case_id, step) where case_id <> '';

-- +goose Down
drop table dispatches;
drop table meters;
drop table resident_sessions;
drop table resident_codes;
