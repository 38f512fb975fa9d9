-- +goose Up
-- Files that were attached to cases, or to one that is yet to be begun: what a
-- field of type files or a remark names must stand here.
create table case_files (
  district text collate "C" not null,
  case_id  text collate "C" not null,
  sha      text collate "C" not null, -- SHA-256 of the file, hex
  name     text collate "C" not null, -- as it is called when it is saved
  kind     text collate "C" not null, -- media type, told by the content
  size     bigint not null, -- bytes
  by_whom  text collate "C" not null, -- id of the person
  at       bigint not null, -- Unix ms
  primary key (district, case_id, sha)
);

-- Questions to the lists of cases that somebody keeps for themselves.
create table saved_filters (
  district text collate "C" not null,
  person   text collate "C" not null,
  id       text collate "C" not null,
  name     text collate "C" not null,
  query    text collate "C" not null, -- the address within the desk
  primary key (district, person, id)
);

-- +goose Down
drop table saved_filters;
drop table case_files;
