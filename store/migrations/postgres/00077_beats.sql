-- +goose Up
-- The area a role is held for, of assignments that are for one area of those the
-- unit serves.
create table beats (
  district   text collate "C" not null,
  assignment text collate "C" not null,
  revision   bigint not null,
  area       text not null, -- code of the pack
  primary key (district, assignment),
  foreign key (district, assignment) references assignments (district, id)
);

-- +goose Down
drop table beats;
