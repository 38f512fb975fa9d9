-- +goose Up
-- Who asked whether an entry of a register may receive something, what was answered,
-- and what came of it.
create table register_consultations (
  district text collate "C" not null,
  id       text collate "C" not null, -- that of the look it counts as
  version  bigint not null,
  register text collate "C" not null,
  key      text collate "C" not null,
  name     text collate "C" not null, -- of the entry, then
  receive  text collate "C" not null,
  day      text collate "C" not null, -- YYYY-MM-DD, for which it was asked
  unit     text collate "C" not null,
  person   text collate "C" not null,
  purpose  text collate "C" not null,
  note     text collate "C" not null,
  at       bigint not null, -- Unix ms
  class    text collate "C" not null, -- of credit on that day, or empty
  effect   text collate "C" not null, -- empty: nothing stood against it
  outcome  text collate "C" not null, -- empty while nobody has told
  why      text collate "C" not null,
  told     bigint not null, -- Unix ms, 0 while nobody has told
  body     bytea not null, -- the answer, JSON
  primary key (district, id)
);

-- The measures each of them met.
create table register_consulted (
  district     text collate "C" not null,
  consultation text collate "C" not null,
  measure      text collate "C" not null,
  effect       text collate "C" not null,
  primary key (district, consultation, measure)
);

create index register_consultations_unit on register_consultations (district, register, unit, id);
create index register_consultations_at on register_consultations (district, register, at);

-- +goose Down
drop table register_consulted;
drop table register_consultations;
