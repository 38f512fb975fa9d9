-- +goose Up
-- Files that were attached to cases, or to one that is yet to be begun: what a
-- field of type files or a remark names must stand here.
create table case_files (
  district text not null,
  case_id  text not null,
  sha      text not null, -- SHA-256 of the file, hex
  name     text not null, -- as it is called when it is saved
  kind     text not null, -- media type, told by the content
  size     integer not null, -- bytes
  by_whom  text not null, -- id of the person
  at       integer not null, -- Unix ms
  primary key (district, case_id, sha)
) strict, without rowid;

-- Questions to the lists of cases that somebody keeps for themselves.
create table saved_filters (
  district text not null,
  person   text not null,
  id       text not null,
  name     text not null,
  query    text not null, -- the address within the desk
  primary key (district, person, id)
) strict, without rowid;

-- +goose Down
drop table saved_filters;
drop table case_files;
