-- +goose Up
-- The address under which somebody's calendar is read, one for each person.
create table feeds (
  district text collate "C" not null,
  person   text collate "C" not null,
  revision bigint not null,
  digest   text collate "C" not null, -- of the address's secret, hex; '' once it was taken back
  epoch    bigint not null, -- of the account when it was made
  made     bigint not null, -- Unix ms
  primary key (district, person),
  foreign key (district, person) references persons (district, id)
);

-- +goose Down
drop table feeds;
