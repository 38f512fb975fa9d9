-- +goose Up
-- Decisions on applications with all they were computed from.
create table decisions (
  district text not null,
  id       text not null,
  case_id  text not null,
  number   text not null, -- of the case
  code     text not null,
  year     integer not null,
  at       integer not null, -- Unix ms
  person   text not null, -- who decided
  pack     text not null, -- hash of the pack, hex
  rules    text not null, -- digest of its rule files, hex
  inputs   blob not null, -- sealed canonical JSON
  result   blob not null, -- sealed canonical JSON
  salt     blob not null, -- sealed
  digest   text not null, -- hex
  primary key (district, id)
) strict, without rowid;

create index decisions_of on decisions (district, case_id, id desc);

-- +goose Down
drop table decisions;
