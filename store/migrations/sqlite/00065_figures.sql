-- +goose Up
-- The sums of what cases count for, by the values of the fields by which figures
-- are told, by month.
drop table case_counts;
create table case_counts (
  district  text not null,
  procedure text not null,
  field     text not null, -- '' for all cases
  what      text not null,
  value     text not null, -- of the field
  month     integer not null, -- years times 12 and months
  part      text not null, -- of what
  n         integer not null,
  primary key (district, procedure, field, what, value, month, part)
) strict, without rowid;

-- What steps have changed of it since and is yet to be added to the sums.
create table case_recounts (
  district  text not null,
  id        text not null,
  procedure text not null,
  body      blob not null, -- JSON, package docket
  primary key (district, id)
) strict, without rowid;

-- The months in which a case counts for something.
create table case_months (
  district  text not null,
  procedure text not null,
  month     integer not null,
  case_id   text not null,
  primary key (district, procedure, month, case_id)
) strict, without rowid;

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
  district  text not null,
  procedure text not null,
  unit      text not null, -- '' for all cases
  month     integer not null, -- years times 12 and months
  what      text not null,
  part      text not null, -- of what
  slot      integer not null, -- of the case: steps on different cases seldom wait for each other
  n         integer not null,
  primary key (district, procedure, unit, month, what, part, slot)
) strict, without rowid;

