-- +goose Up
-- Every version of the pack the district worked by, for the cases that began
-- under it. listing is what sha256sum prints of the files; its SHA-256 is hash.
create table pack_versions (
  district text collate "C" not null,
  hash     text collate "C" not null, -- hex
  pack     text not null, -- id
  version  text not null, -- the author's
  listing  bytea not null,
  primary key (district, hash)
);

-- The files of packs, by SHA-256 in hex; versions share those they have in common.
create table pack_files (
  district text collate "C" not null,
  hash     text collate "C" not null,
  content  bytea not null,
  primary key (district, hash)
);

-- +goose Down
drop table pack_files;
drop table pack_versions;
