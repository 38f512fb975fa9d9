-- +goose Up
-- Subscriptions by which other systems are told of public cases.
create table hooks (
  district text collate "C" not null,
  id       text collate "C" not null,
  revision bigint not null,
  url      text collate "C" not null,
  about    text collate "C" not null,
  events   text collate "C" not null, -- types, one a line
  active   bigint not null,
  stopped  text collate "C" not null, -- why the program stopped it, or ''
  made     bigint not null, -- Unix ms
  secrets  bytea not null, -- sealed JSON, package notices/hooks
  primary key (district, id)
);

-- How the other sides answer.
create table hook_health (
  district text collate "C" not null,
  hook     text collate "C" not null,
  answered bigint not null, -- when it last took something, Unix ms; 0 for never
  failing  bigint not null, -- since when it takes nothing, Unix ms; 0 when it does
  primary key (district, hook)
);

-- Events of cases of which no deliveries were written yet.
create table hook_marks (
  district text collate "C" not null,
  case_id  text collate "C" not null,
  seq      bigint not null,
  primary key (district, case_id, seq)
);

-- What is to be sent, or was given up.
create table hook_deliveries (
  district text collate "C" not null,
  id       text collate "C" not null,
  hook     text collate "C" not null,
  case_id  text collate "C" not null,
  seq      bigint not null, -- of the event
  event    text collate "C" not null, -- its type
  body     bytea not null, -- as it is sent
  at       bigint not null, -- of the event, Unix ms
  next_at  bigint not null, -- when to try, Unix ms; 0 of one given up
  attempts bigint not null,
  answer   bigint not null, -- HTTP status of the last attempt, 0 for no answer
  primary key (district, id)
);
create index hook_deliveries_due on hook_deliveries (district, next_at);

-- +goose Down
drop table hook_deliveries;
drop table hook_marks;
drop table hook_health;
drop table hooks;
