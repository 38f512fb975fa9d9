-- +goose Up
-- The last number given in each series of case numbers.
create table counters (
  district text not null,
  series   text not null, -- "RW2016-"
  last     integer not null,
  primary key (district, series)
) strict, without rowid;

-- Cases as their history makes them.
create table cases (
  district  text not null,
  id        text not null,
  procedure text not null,
  pack      text not null, -- hash of the pack the case runs under
  number    text not null,
  parent    text not null, -- of a sub-case, else ''
  kind      text not null, -- of a sub-case
  origin    text not null, -- what the case was made of, once, or ''
  version   integer not null, -- how many events the case has
  body      blob not null, -- JSON, package cases
  primary key (district, id)
) strict, without rowid;
create unique index cases_number on cases (district, number);
create unique index cases_origin on cases (district, procedure, origin) where origin <> '';

-- The history of cases; never changed.
create table case_events (
  district text not null,
  case_id  text not null,
  seq      integer not null, -- from 1
  at       integer not null, -- Unix ms
  step     text not null, -- the caller's name of the step, on its first event, or ''
  body     blob not null, -- JSON, package cases
  primary key (district, case_id, seq),
  foreign key (district, case_id) references cases (district, id)
) strict, without rowid;
create unique index case_events_step on case_events (district, step) where step <> '';

-- How lists show a case. Made from the tables above.
create table case_rows (
  district  text not null,
  id        text not null,
  procedure text not null,
  number    text not null,
  parent    text not null,
  kind      text not null,
  subject   text not null,
  units      text not null, -- one to a line
  state     text not null,
  ends      text not null, -- kind of the state
  colour    text not null,
  due       integer not null, -- Unix ms, or 0
  opened    integer not null,
  ended     integer not null, -- 0 while it runs
  touched   integer not null,
  wake      integer not null, -- when to look again, or 0
  primary key (district, id)
) strict, without rowid;
create index case_rows_parent on case_rows (district, parent, kind) where parent <> '';
create index case_rows_wake on case_rows (district, wake) where wake > 0;

-- Whose turn it is. Made from the tables above.
create table case_turns (
  district text not null,
  who      text not null, -- "post/fgw/clerk"
  due      integer not null, -- of the case; those without come last
  case_id  text not null,
  n        integer not null, -- of the case's turns, from 0
  body     blob not null, -- JSON, package cases
  primary key (district, who, due, case_id, n)
) strict, without rowid;
create index case_turns_case on case_turns (district, case_id);

-- By what cases are listed. Made from the tables above.
create table case_facets (
  district  text not null,
  case_id   text not null,
  field     text not null, -- '' for every case
  value     text not null,
  procedure text not null,
  state     text not null,
  colour    text not null,
  ended     integer not null, -- 0 or 1
  due       integer not null, -- those without come last
  primary key (district, case_id, field, value)
) strict, without rowid;
create index case_facets_list on case_facets (district, procedure, field, value, ended, due, case_id);
create index case_facets_state on case_facets (district, procedure, field, value, state, due, case_id);
create index case_facets_colour on case_facets (district, procedure, field, value, ended, colour, due, case_id);

-- How many cases there are. Made from the tables above.
create table case_tallies (
  district  text not null,
  procedure text not null,
  field     text not null,
  value     text not null,
  state     text not null,
  colour    text not null,
  slot      integer not null, -- of the case: steps on different cases seldom wait for each other
  n         integer not null,
  primary key (district, procedure, field, value, state, colour, slot)
) strict, without rowid;

-- +goose Down
drop table case_tallies;
drop table case_facets;
drop table case_turns;
drop table case_rows;
drop table case_events;
drop table cases;
drop table counters;
