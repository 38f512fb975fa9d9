-- +goose Up
-- What cases have done about entries of registers and their records: which they entered,
-- ended or took back, and which are contested.
create table register_sources (
  district  text not null,
  case_id   text not null,
  register  text not null,
  kind      text not null, -- of record; empty for an entry
  unit      text not null, -- of a record; empty for an entry
  key       text not null,
  subject   text not null, -- key of the entry
  number    text not null, -- of the case
  procedure text not null,
  how       text not null, -- entered, ended, withdrawn, contested, settled
  version   integer not null,
  at        integer not null, -- Unix ms
  primary key (district, case_id, register, kind, unit, key)
) strict, without rowid;

create index register_sources_subject on register_sources (district, register, subject, at);

-- +goose Down
drop table register_sources;
