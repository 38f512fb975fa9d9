-- +goose Up
-- Decisions on applications with all they were computed from.
create table decisions (
  district text collate "C" not null,
  id       text collate "C" not null,
  case_id  text collate "C" not null,
  number   text collate "C" not null, -- of the case
  code     text collate "C" not null,
  year     bigint not null,
  at       bigint not null, -- Unix ms
  person   text collate "C" not null, -- who decided
  pack     text collate "C" not null, -- hash of the pack, hex
  rules    text collate "C" not null, -- digest of its rule files, hex
  inputs   bytea not null, -- sealed canonical JSON
  result   bytea not null, -- sealed canonical JSON
  salt     bytea not null, -- sealed
  digest   text collate "C" not null, -- hex
  primary key (district, id)
);

create index decisions_of on decisions (district, case_id, id desc);

-- +goose Down
drop table decisions;
