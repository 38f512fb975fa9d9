-- +goose Up
-- The deadline of the present stage, for lists, where the one that counts for the
-- whole does not run; and the area a case lies in, for the map.
alter table case_rows add column stage text collate "C" not null default ''; -- clock that runs out first, or ''
alter table case_rows add column stage_due bigint not null default 0; -- Unix ms, 0 for none
alter table case_spots add column area text collate "C" not null default '';
drop table case_tiles;
create table case_tiles (
  district  text collate "C" not null,
  procedure text collate "C" not null,
  zoom      bigint not null,
  month     bigint not null, -- in which they began, years times 12 and months, or 0 for all
  tile      bigint not null, -- number of the tile at the zoom, or -1 for cases without a place
  open      bigint not null, -- as in case_spots
  area      text collate "C" not null default '', -- facet that says the area, or ''
  kind      text collate "C" not null,
  state     text collate "C" not null,
  colour    text collate "C" not null,
  n         bigint not null,
  lat       bigint not null, -- sum of them, in millionths of a degree
  lon       bigint not null,
  primary key (district, procedure, zoom, month, tile, open, area, kind, state, colour)
);

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
  district  text collate "C" not null,
  procedure text collate "C" not null,
  zoom      bigint not null,
  month     bigint not null, -- in which they began, years times 12 and months, or 0 for all
  tile      bigint not null, -- number of the tile at the zoom, or -1 for cases without a place
  open      bigint not null, -- as in case_spots
  kind      text collate "C" not null,
  state     text collate "C" not null,
  colour    text collate "C" not null,
  n         bigint not null,
  lat       bigint not null, -- sum of them, in millionths of a degree
  lon       bigint not null,
  primary key (district, procedure, zoom, month, tile, open, kind, state, colour)
);
alter table case_spots drop column area;
alter table case_rows drop column stage_due;
alter table case_rows drop column stage;
