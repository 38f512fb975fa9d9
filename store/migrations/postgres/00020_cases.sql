-- +goose Up
-- The last number given in each series of case numbers.
create table counters (
  district text collate "C" not null,
  series   text collate "C" not null, -- "RW2016-"
  last     bigint not null,
  primary key (district, series)
);

-- Cases as their history makes them.
create table cases (
  district  text collate "C" not null,
  id        text collate "C" not null,
  procedure text collate "C" not null,
  pack      text not null, -- hash of the pack the case runs under
  number    text collate "C" not null,
  parent    text collate "C" not null, -- of a sub-case, else ''
  kind      text collate "C" not null, -- of a sub-case
  origin    text collate "C" not null, -- what the case was made of, once, or ''
  version   bigint not null, -- how many events the case has
  body      bytea not null, -- JSON, package cases
  primary key (district, id)
);
create unique index cases_number on cases (district, number);
create unique index cases_origin on cases (district, procedure, origin) where origin <> '';

-- The history of cases; never changed.
create table case_events (
  district text collate "C" not null,
  case_id  text collate "C" not null,
  seq      bigint not null, -- from 1
  at       bigint not null, -- Unix ms
  step     text collate "C" not null, -- the caller's name of the step, on its first event, or ''
  body     bytea not null, -- JSON, package cases
  primary key (district, case_id, seq),
  foreign key (district, case_id) references cases (district, id)
);
create unique index case_events_step on case_events (district, step) where step <> '';

-- How lists show a case. Made from the tables above.
create table case_rows (
  district  text collate "C" not null,
  id        text collate "C" not null,
  procedure text not null,
  number    text collate "C" not null,
  parent    text collate "C" not null,
  kind      text collate "C" not null,
  subject   text not null,
  units      text not null, -- one to a line
  state     text not null,
  ends      text not null, -- kind of the state
  colour    text not null,
  due       bigint not null, -- Unix ms, or 0
  opened    bigint not null,
  ended     bigint not null, -- 0 while it runs
  touched   bigint not null,
  wake      bigint not null, -- when to look again, or 0
  primary key (district, id)
);
create index case_rows_parent on case_rows (district, parent, kind) where parent <> '';
create index case_rows_wake on case_rows (district, wake) where wake > 0;

-- Whose turn it is. Made from the tables above.
create table case_turns (
  district text collate "C" not null,
  who      text collate "C" not null, -- "post/fgw/clerk"
  due      bigint not null, -- of the case; those without come last
  case_id  text collate "C" not null,
  n        bigint not null, -- of the case's turns, from 0
  body     bytea not null, -- JSON, package cases
  primary key (district, who, due, case_id, n)
);
create index case_turns_case on case_turns (district, case_id);

-- By what cases are listed. Made from the tables above.
create table case_facets (
  district  text collate "C" not null,
  case_id   text collate "C" not null,
  field     text collate "C" not null, -- '' for every case
  value     text collate "C" not null,
  procedure text collate "C" not null,
  state     text collate "C" not null,
  colour    text collate "C" not null,
  ended     bigint not null, -- 0 or 1
  due       bigint not null, -- those without come last
  primary key (district, case_id, field, value)
);
create index case_facets_list on case_facets (district, procedure, field, value, ended, due, case_id);
create index case_facets_state on case_facets (district, procedure, field, value, state, due, case_id);
create index case_facets_colour on case_facets (district, procedure, field, value, ended, colour, due, case_id);

-- How many cases there are. Made from the tables above.
create table case_tallies (
  district  text collate "C" not null,
  procedure text collate "C" not null,
  field     text collate "C" not null,
  value     text collate "C" not null,
  state     text collate "C" not null,
  colour    text collate "C" not null,
  slot      bigint not null, -- of the case: steps on different cases seldom wait for each other
  n         bigint not null,
  primary key (district, procedure, field, value, state, colour, slot)
);

-- +goose Down
drop table case_tallies;
drop table case_facets;
drop table case_turns;
drop table case_rows;
drop table case_events;
drop table cases;
drop table counters;
