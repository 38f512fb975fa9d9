-- +goose Up
-- Codes that prove a number or an address to be somebody's, until they are used
-- or have expired.
create table resident_codes (
  district text not null,
  id       text not null, -- keyed digest of the browser's token, hex
  revision integer not null,
  channel  text not null, -- sms or email
  address  blob not null, -- sealed
  contact  text not null, -- whose address it is to prove, or '' to sign in
  digest   text not null, -- keyed digest of the code
  code     blob, -- sealed; null once it was sent
  lang     text not null,
  sent     integer not null, -- when a code was made last, Unix ms
  tries    integer not null,
  expires  integer not null, -- Unix ms
  primary key (district, id)
) strict, without rowid;

-- Residents who signed in.
create table resident_sessions (
  district      text not null,
  id            text not null, -- keyed digest of the token, hex
  channel       text not null,
  address       blob not null, -- sealed
  address_index text not null, -- blind index, as that of contacts
  opened        integer not null, -- Unix ms
  seen          integer not null, -- Unix ms
  primary key (district, id)
) strict, without rowid;
create index resident_sessions_address on resident_sessions (district, address_index);

-- How often something was done: package limits. Names are keyed digests.
create table meters (
  district text not null,
  bucket   text not null,
  slot     integer not null, -- the window that runs
  used     integer not null,
  earlier  integer not null, -- in the window before
  ends     integer not null, -- when nothing of it counts any more, Unix ms
  primary key (district, bucket)
) strict, without rowid;

-- What is to be sent to residents, or was given up. To what address, the row it
-- names says.
create table dispatches (
  district text not null,
  id       text not null,
  kind     text not null, -- package residents
  target   text not null, -- id of the code, contact or subscription
  case_id  text not null, -- or ''
  step     integer not null, -- of the case
  queued   integer not null, -- Unix ms
  next_at  integer not null, -- when to try, Unix ms; 0 of one given up
  attempts integer not null,
  answer   integer not null, -- the last refusal, or 0
  expires  integer not null, -- of no use afterwards, Unix ms; 0 for never
  primary key (district, id)
) strict, without rowid;
create index dispatches_next on dispatches (district, next_at);
create unique index dispatches_step on dispatches (district, target, case_id, step) where case_id <> '';

-- +goose Down
drop table dispatches;
drop table meters;
drop table resident_sessions;
drop table resident_codes;
