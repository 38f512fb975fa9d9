-- +goose Up
-- What departments propose to inspect by lot.
create table inspection_proposals (
  district text collate "C" not null,
  id       text collate "C" not null,
  version  bigint not null,
  year     bigint not null,
  quarter  bigint not null,
  unit     text collate "C" not null,
  gone     bigint not null, -- 1: withdrawn
  body     bytea not null, -- JSON, package inspections
  primary key (district, id)
);

-- Plans that join them.
create table inspection_plans (
  district text collate "C" not null,
  id       text collate "C" not null,
  version  bigint not null,
  year     bigint not null,
  number   text collate "C" not null,
  state    text collate "C" not null,
  body     bytea not null, -- JSON, package inspections
  primary key (district, id)
);

-- What a frozen plan draws from, deflated. The plan's roots stand for it.
create table inspection_chunks (
  district text collate "C" not null,
  plan     text collate "C" not null,
  part     text collate "C" not null,
  n        bigint not null, -- from 0
  body     bytea not null,
  primary key (district, plan, part, n)
);

-- Visits as they are remembered: who met whom, and how often a subject was visited.
create table inspection_visits (
  district     text collate "C" not null,
  plan         text collate "C" not null,
  subject      text collate "C" not null, -- key in the register of subjects
  campaign     bigint not null, -- 1: inspected in full, and not drawn
  first        text collate "C" not null, -- YYYY-MM-DD
  last         text collate "C" not null,
  depts        text collate "C" not null, -- numbers, parted by commas
  items        text collate "C" not null, -- codes, parted by commas
  certificates text collate "C" not null, -- of the inspectors, parted by commas
  primary key (district, plan, subject)
);

-- How far the job on a plan has come.
create table inspection_runs (
  district   text collate "C" not null,
  plan       text collate "C" not null,
  freezes    bigint not null, -- 1: it freezes, and does not only count
  done       bigint not null,
  total      bigint not null,
  ended      bigint not null, -- 1: it has
  at         bigint not null, -- Unix ms
  body       bytea not null, -- what was counted, JSON, or empty
  failure_zh text collate "C" not null,
  failure_en text collate "C" not null,
  primary key (district, plan)
);

create index inspection_proposals_year on inspection_proposals (district, year, quarter, unit, id);
create unique index inspection_plans_number on inspection_plans (district, number);
create index inspection_visits_subject on inspection_visits (district, subject, first);

-- +goose Down
drop table inspection_runs;
drop table inspection_visits;
drop table inspection_chunks;
drop table inspection_plans;
drop table inspection_proposals;
