-- +goose Up
-- What each case counts for. Made from the tables of cases.
create table case_counted (
  district text not null,
  case_id  text not null,
  body     blob not null, -- JSON, package docket
  primary key (district, case_id)
) strict, without rowid;

-- The sums of it by month and responsible unit.
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

-- The cases there are count from the next look at all of them on.
insert into jobs (district, kind, key, version, attempts, next_at, lease_until, holder, failure)
select distinct district, 'cases.relist', '', 1, 0, 0, 0, '', ''
from cases
where true
on conflict (district, kind, key) do update
set version = jobs.version + 1, next_at = 0;

-- +goose Down
drop table case_counts;
drop table case_counted;
