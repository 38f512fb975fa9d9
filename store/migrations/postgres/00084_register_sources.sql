-- +goose Up
-- What cases have done about entries of registers and their records: which they entered,
-- ended or took back, and which are contested.
create table register_sources (
  district  text collate "C" not null,
  case_id   text collate "C" not null,
  register  text collate "C" not null,
  kind      text collate "C" not null, -- of record; empty for an entry
  unit      text collate "C" not null, -- of a record; empty for an entry
  key       text collate "C" not null,
  subject   text collate "C" not null, -- key of the entry
  number    text collate "C" not null, -- of the case
  procedure text collate "C" not null,
  how       text collate "C" not null, -- entered, ended, withdrawn, contested, settled
  version   bigint not null,
  at        bigint not null, -- Unix ms
  primary key (district, case_id, register, kind, unit, key)
);

create index register_sources_subject on register_sources (district, register, subject, at);

-- +goose Down
drop table register_sources;
