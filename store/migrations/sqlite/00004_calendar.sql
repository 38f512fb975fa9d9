-- +goose Up
-- Years of the working calendar as they were loaded; never changed. The newest
-- version of a year is in force.
create table calendar_years (
  district  text not null,
  year      integer not null,
  version   integer not null, -- from 1
  content   blob not null, -- canonical JSON, package calendar
  loaded_at integer not null, -- Unix ms
  primary key (district, year, version)
) strict, without rowid;

-- +goose Down
drop table calendar_years;
