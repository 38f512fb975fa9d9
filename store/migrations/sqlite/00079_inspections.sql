-- +goose Up
-- What departments propose to inspect by lot.
create table inspection_proposals (
  district text not null,
  id       text not null,
  version  integer not null,
  year     integer not null,
  quarter  integer not null,
  unit     text not null,
  gone     integer not null, -- 1: withdrawn
  body     blob not null, -- JSON, package inspections
  primary key (district, id)
) strict, without rowid;

-- Plans that join them.
create table inspection_plans (
  district text not null,
  id       text not null,
  version  integer not null,
  year     integer not null,
  number   text not null,
  state    text not null,
  body     blob not null, -- JSON, package inspections
  primary key (district, id)
) strict, without rowid;

-- What a frozen plan draws from, deflated. The plan's roots stand for it.
create table inspection_chunks (
  district text not null,
  plan     text not null,
  part     text not null,
  n        integer not null, -- from 0
  body     blob not null,
  primary key (district, plan, part, n)
) strict, without rowid;

-- Visits as they are remembered: who met whom, and how often a subject was visited.
create table inspection_visits (
  district     text not null,
  plan         text not null,
  subject      text not null, -- key in the register of subjects
  campaign     integer not null, -- 1: inspected in full, and not drawn
  first        text not null, -- YYYY-MM-DD
  last         text not null,
  depts        text not null, -- numbers, parted by commas
  items        text not null, -- codes, parted by commas
  certificates text not null, -- of the inspectors, parted by commas
  primary key (district, plan, subject)
) strict, without rowid;

-- How far the job on a plan has come.
create table inspection_runs (
  district   text not null,
  plan       text not null,
  freezes    integer not null, -- 1: it freezes, and does not only count
  done       integer not null,
  total      integer not null,
  ended      integer not null, -- 1: it has
  at         integer not null, -- Unix ms
  body       blob not null, -- what was counted, JSON, or empty
  failure_zh text not null,
  failure_en text not null,
  primary key (district, plan)
) strict, without rowid;

create index inspection_proposals_year on inspection_proposals (district, year, quarter, unit, id);
create unique index inspection_plans_number on inspection_plans (district, number);
create index inspection_visits_subject on inspection_visits (district, subject, first);

-- +goose Down
drop table inspection_runs;
drop table inspection_visits;
drop table inspection_chunks;
drop table inspection_plans;
drop table inspection_proposals;
