-- +goose Up
-- The sums of what cases count for, by the values of the fields by which figures
-- are told, by month.
drop table case_counts;
create table case_counts (
  district  text collate "C" not null,
  procedure text collate "C" not null,
  field     text collate "C" not null, -- '' for all cases
  what      text collate "C" not null,
  value     text collate "C" not null, -- of the field
  month     bigint not null, -- years times 12 and months
  part      text collate "C" not null, -- of what
  n         bigint not null,
  primary key (district, procedure, field, what, value, month, part)
);

-- What steps have changed of it since and is yet to be added to the sums.
create table case_recounts (
  district  text collate "C" not null,
  id        text collate "C" not null,
  procedure text collate "C" not null,
  body      bytea not null, -- JSON, package docket
  primary key (district, id)
);

-- The months in which a case counts for something.
create table case_months (
  district  text collate "C" not null,
  procedure text collate "C" not null,
  month     bigint not null,
  case_id   text collate "C" not null,
  primary key (district, procedure, month, case_id)
);

-- The cases there are count anew from the next look at all of them on.
delete from case_listed;
insert into jobs (district, kind, key, version, attempts, next_at, lease_until, holder, failure)
select distinct district, 'cases.relist', '', 1, 0, 0, 0, '', ''
from cases
where true
on conflict (district, kind, key) do update
set version = jobs.version + 1, next_at = 0;


-- +goose Down
drop table case_months;
drop table case_recounts;
drop table case_counts;
create table case_counts (
  district  text collate "C" not null,
  procedure text collate "C" not null,
  unit      text collate "C" not null, -- '' for all cases
  month     bigint not null, -- years times 12 and months
  what      text collate "C" not null,
  part      text collate "C" not null, -- of what
  slot      bigint not null, -- of the case: steps on different cases seldom wait for each other
  n         bigint not null,
  primary key (district, procedure, unit, month, what, part, slot)
);

