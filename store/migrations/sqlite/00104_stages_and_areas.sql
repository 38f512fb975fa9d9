-- +goose Up
-- The deadline of the present stage, for lists, where the one that counts for the
-- whole does not run; and the area a case lies in, for the map.
alter table case_rows add column stage text not null default ''; -- clock that runs out first, or ''
alter table case_rows add column stage_due integer not null default 0; -- Unix ms, 0 for none
alter table case_spots add column area text not null default '';
drop table case_tiles;
create table case_tiles (
  district  text not null,
  procedure text not null,
  zoom      integer not null,
  month     integer not null, -- in which they began, years times 12 and months, or 0 for all
  tile      integer not null, -- number of the tile at the zoom, or -1 for cases without a place
  open      integer not null, -- as in case_spots
  area      text not null default '', -- facet that says the area, or ''
  kind      text not null,
  state     text not null,
  colour    text not null,
  n         integer not null,
  lat       integer not null, -- sum of them, in millionths of a degree
  lon       integer not null,
  primary key (district, procedure, zoom, month, tile, open, area, kind, state, colour)
) strict, without rowid;

-- What is there was counted without areas: all comes in with the next look at all cases.
delete from case_spots;
insert into jobs (district, kind, key, version, attempts, next_at, lease_until, holder, failure)
select distinct district, 'cases.relist', '', 1, 0, 0, 0, '', ''
from cases
where true
on conflict (district, kind, key) do update
set version = jobs.version + 1, next_at = 0;

-- +goose Down
delete from case_spots;
drop table case_tiles;
create table case_tiles (
  district  text not null,
  procedure text not null,
  zoom      integer not null,
  month     integer not null, -- in which they began, years times 12 and months, or 0 for all
  tile      integer not null, -- number of the tile at the zoom, or -1 for cases without a place
  open      integer not null, -- as in case_spots
  kind      text not null,
  state     text not null,
  colour    text not null,
  n         integer not null,
  lat       integer not null, -- sum of them, in millionths of a degree
  lon       integer not null,
  primary key (district, procedure, zoom, month, tile, open, kind, state, colour)
) strict, without rowid;
alter table case_spots drop column area;
alter table case_rows drop column stage_due;
alter table case_rows drop column stage;
