-- +goose Up
-- What was decided in cases, for those like them. Made from the tables of cases.
create table case_decisions (
  district  text not null,
  procedure text not null,
  precedent text not null, -- of the procedure
  basis     text not null, -- what such cases have in common, one value to a line
  at        integer not null, -- Unix ms
  case_id   text not null,
  seq       integer not null, -- of the event
  value     text not null,
  against   text not null, -- the action that took it back, or ''
  primary key (district, procedure, precedent, basis, at, case_id, seq)
) strict, without rowid;

-- The decisions there are count from the next look at all cases on.
insert into jobs (district, kind, key, version, attempts, next_at, lease_until, holder, failure)
select distinct district, 'cases.relist', '', 1, 0, 0, 0, '', ''
from cases
where true
on conflict (district, kind, key) do update
set version = jobs.version + 1, next_at = 0;

-- +goose Down
drop table case_decisions;
