-- +goose Up
create table leases (
  district text not null,
  name     text not null,
  holder   text not null,
  expires  integer not null, -- Unix ms
  primary key (district, name)
) strict, without rowid;

-- +goose Down
drop table leases;
