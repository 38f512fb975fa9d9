-- +goose Up
create table leases (
  district text collate "C" not null,
  name     text collate "C" not null,
  holder   text not null,
  expires  bigint not null, -- Unix ms
  primary key (district, name)
);

-- +goose Down
drop table leases;
