-- +goose Up
-- Subscriptions by which other systems are told of public cases.
create table hooks (
  district text not null,
  id       text not null,
  revision integer not null,
  url      text not null,
  about    text not null,
  events   text not null, -- types, one a line
  active   integer not null,
  stopped  text not null, -- why the program stopped it, or ''
  made     integer not null, -- Unix ms
  secrets  blob not null, -- sealed JSON, package notices/hooks
  primary key (district, id)
) strict, without rowid;

-- How the other sides answer.
create table hook_health (
  district text not null,
  hook     text not null,
  answered integer not null, -- when it last took something, Unix ms; 0 for never
  failing  integer not null, -- since when it takes nothing, Unix ms; 0 when it does
  primary key (district, hook)
) strict, without rowid;

-- Events of cases of which no deliveries were written yet.
create table hook_marks (
  district text not null,
  case_id  text not null,
  seq      integer not null,
  primary key (district, case_id, seq)
) strict, without rowid;

-- What is to be sent, or was given up.
create table hook_deliveries (
  district text not null,
  id       text not null,
  hook     text not null,
  case_id  text not null,
  seq      integer not null, -- of the event
  event    text not null, -- its type
  body     blob not null, -- as it is sent
  at       integer not null, -- of the event, Unix ms
  next_at  integer not null, -- when to try, Unix ms; 0 of one given up
  attempts integer not null,
  answer   integer not null, -- HTTP status of the last attempt, 0 for no answer
  primary key (district, id)
) strict, without rowid;
create index hook_deliveries_due on hook_deliveries (district, next_at);

-- +goose Down
drop table hook_deliveries;
drop table hook_marks;
drop table hook_health;
drop table hooks;
