-- +goose Up
-- What was decided in cases, for those like them. Made from the tables of cases.
create table case_decisions (
  district  text collate "C" not null,
  procedure text collate "C" not null,
  precedent text collate "C" not null, -- of the procedure
  basis     text collate "C" not null, -- what such cases have in common, one value to a line
  at        bigint not null, -- Unix ms
  case_id   text collate "C" not null,
  seq       bigint not null, -- of the event
  value     text collate "C" not null,
  against   text collate "C" not null, -- the action that took it back, or ''
  primary key (district, procedure, precedent, basis, at, case_id, seq)
);

-- The decisions there are count from the next look at all cases on.
insert into jobs (district, kind, key, version, attempts, next_at, lease_until, holder, failure)
select distinct district, 'cases.relist', '', 1, 0, 0, 0, '', ''
from cases
where true
on conflict (district, kind, key) do update
set version = jobs.version + 1, next_at = 0;

-- +goose Down
drop table case_decisions;
