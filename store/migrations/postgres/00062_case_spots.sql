-- +goose Up
-- Where cases are on the ground. Made from the tables of cases.
create table case_spots (
  district  text collate "C" not null,
  procedure text collate "C" not null,
  cell      bigint not null, -- number of the finest tile of the map it lies in: what is near has near numbers
  case_id   text collate "C" not null,
  lat       bigint not null, -- millionths of a degree
  lon       bigint not null,
  open      bigint not null, -- who may know the place: 0 some, 1 the staff, 2 everybody
  kind      text collate "C" not null, -- heading of the class of the case, or ''
  state     text collate "C" not null,
  colour    text collate "C" not null,
  opened    bigint not null, -- Unix ms
  primary key (district, procedure, cell, case_id)
);
create unique index case_spots_case on case_spots (district, case_id);

-- The cases there are come in with the next look at all of them.
insert into jobs (district, kind, key, version, attempts, next_at, lease_until, holder, failure)
select distinct district, 'cases.relist', '', 1, 0, 0, 0, '', ''
from cases
where true
on conflict (district, kind, key) do update
set version = jobs.version + 1, next_at = 0;

-- +goose Down
drop table case_spots;
