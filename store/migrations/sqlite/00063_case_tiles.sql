-- +goose Up
-- How many cases lie in the tiles of the map, of which there are two sizes. Made
-- from the tables of cases.
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

-- Lists of what began last. Cases without a place, in the cell -1, are in them, too.
create index case_spots_newest on case_spots (district, procedure, state, opened, case_id);
create index case_spots_kind on case_spots (district, procedure, state, kind, opened, case_id);

-- What is there was not counted: all comes in with the next look at all cases.
delete from case_spots;
insert into jobs (district, kind, key, version, attempts, next_at, lease_until, holder, failure)
select distinct district, 'cases.relist', '', 1, 0, 0, 0, '', ''
from cases
where true
on conflict (district, kind, key) do update
set version = jobs.version + 1, next_at = 0;

-- +goose Down
drop index case_spots_kind;
drop index case_spots_newest;
drop table case_tiles;
