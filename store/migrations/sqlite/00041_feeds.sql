-- +goose Up
-- The address under which somebody's calendar is read, one for each person.
create table feeds (
  district text not null,
  person   text not null,
  revision integer not null,
  digest   text not null, -- of the address's secret, hex; '' once it was taken back
  epoch    integer not null, -- of the account when it was made
  made     integer not null, -- Unix ms
  primary key (district, person),
  foreign key (district, person) references persons (district, id)
) strict, without rowid;

-- +goose Down
drop table feeds;
