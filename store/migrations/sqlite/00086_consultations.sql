-- +goose Up
-- Who asked whether an entry of a register may receive something, what was answered,
-- and what came of it.
create table register_consultations (
  district text not null,
  id       text not null, -- that of the look it counts as
  version  integer not null,
  register text not null,
  key      text not null,
  name     text not null, -- of the entry, then
  receive  text not null,
  day      text not null, -- YYYY-MM-DD, for which it was asked
  unit     text not null,
  person   text not null,
  purpose  text not null,
  note     text not null,
  at       integer not null, -- Unix ms
  class    text not null, -- of credit on that day, or empty
  effect   text not null, -- empty: nothing stood against it
  outcome  text not null, -- empty while nobody has told
  why      text not null,
  told     integer not null, -- Unix ms, 0 while nobody has told
  body     blob not null, -- the answer, JSON
  primary key (district, id)
) strict, without rowid;

-- The measures each of them met.
create table register_consulted (
  district     text not null,
  consultation text not null,
  measure      text not null,
  effect       text not null,
  primary key (district, consultation, measure)
) strict, without rowid;

create index register_consultations_unit on register_consultations (district, register, unit, id);
create index register_consultations_at on register_consultations (district, register, at);

-- +goose Down
drop table register_consulted;
drop table register_consultations;
