-- +goose Up
-- Every version of the pack the district worked by, for the cases that began
-- under it. listing is what sha256sum prints of the files; its SHA-256 is hash.
create table pack_versions (
  district text not null,
  hash     text not null, -- hex
  pack     text not null, -- id
  version  text not null, -- the author's
  listing  blob not null,
  primary key (district, hash)
) strict, without rowid;

-- The files of packs, by SHA-256 in hex; versions share those they have in common.
create table pack_files (
  district text not null,
  hash     text not null,
  content  blob not null,
  primary key (district, hash)
) strict;

-- +goose Down
drop table pack_files;
drop table pack_versions;
