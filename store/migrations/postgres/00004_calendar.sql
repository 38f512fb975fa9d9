-- +goose Up
-- Years of the working calendar as they were loaded; never changed. The newest
-- version of a year is in force.
create table calendar_years (
  district  text collate "C" not null,
  year      bigint not null,
  version   bigint not null, -- from 1
  content   bytea not null, -- canonical JSON, package calendar
  loaded_at bigint not null, -- Unix ms
  primary key (district, year, version)
);

-- +goose Down
drop table calendar_years;
