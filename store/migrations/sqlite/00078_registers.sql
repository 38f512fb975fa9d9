-- +goose Up
-- The entries of registers as they are now. What they were is in register_past.
create table register_entries (
  district text not null,
  register text not null,
  key      text not null,
  version  integer not null,
  unit     text not null,
  name     text not null,
  aliases  text not null, -- one to a line
  facet    text not null,
  area     text not null,
  since    text not null, -- YYYY-MM-DD, or empty
  until    text not null,
  doubt    integer not null, -- 1: the key breaks the check of its scheme
  at       integer not null, -- Unix ms
  body     blob not null, -- values, JSON
  primary key (district, register, key)
) strict, without rowid;

-- What units recorded about entries, named within unit and kind.
create table register_records (
  district  text not null,
  register  text not null,
  kind      text not null,
  unit      text not null,
  key       text not null,
  version   integer not null,
  subject   text not null, -- key of the entry
  happened  text not null, -- YYYY-MM-DD
  until     text not null, -- YYYY-MM-DD, empty while it goes on
  at        integer not null,
  basis     text not null,
  withdrawn integer not null,
  note      text not null,
  body      blob not null, -- values, JSON
  primary key (district, register, kind, unit, key)
) strict, without rowid;

-- Earlier versions of entries, records and grades.
create table register_past (
  district text not null,
  object   text not null, -- entry/, record/ or grade/ and what it is of
  key      text not null,
  version  integer not null,
  ended    integer not null, -- Unix ms
  body     blob not null,
  primary key (district, object, key, version)
) strict, without rowid;

-- The class of each entry, with the lines it rests on.
create table register_grades (
  district text not null,
  register text not null,
  key      text not null,
  version  integer not null,
  class    text not null,
  points   integer not null,
  at       integer not null,
  body     blob not null, -- JSON, package registers
  primary key (district, register, key)
) strict, without rowid;

-- Who looked at an entry in full, and for what.
create table register_looks (
  district text not null,
  id       text not null,
  person   text not null,
  register text not null,
  key      text not null,
  purpose  text not null,
  note     text not null,
  at       integer not null,
  primary key (district, id)
) strict, without rowid;

-- The words of entries' names, their keys and their aliases. Made from register_entries.
create table register_terms (
  district text not null,
  register text not null,
  term     text not null, -- led by = for a whole key or alias
  key      text not null,
  primary key (district, register, term, key)
) strict, without rowid;

-- Files whose rows somebody wants, and how far they have come. Forgotten after a while.
create table register_imports (
  district   text not null,
  id         text not null,
  register   text not null,
  kind       text not null,
  unit       text not null,
  actor      blob not null,
  file       text not null,
  name       text not null,
  size       integer not null,
  at         integer not null,
  phase      text not null,
  good_only  integer not null,
  checked    integer not null,
  pos        integer not null, -- where reading goes on
  line       integer not null,
  total      integer not null,
  good       integer not null,
  bad        integer not null,
  added      integer not null,
  changed    integer not null,
  same       integer not null,
  ended      integer not null, -- Unix ms, 0 while it goes on
  failure_zh text not null,
  failure_en text not null,
  version    integer not null,
  primary key (district, id)
) strict, without rowid;

-- What was wrong with rows of imports.
create table register_rejects (
  district text not null,
  import   text not null,
  line     integer not null,
  n        integer not null, -- in the row
  field    text not null,
  zh       text not null,
  en       text not null,
  typed    text not null,
  primary key (district, import, line, n)
) strict, without rowid;

create index register_entries_area on register_entries (district, register, area, key);
create index register_records_subject on register_records (district, register, subject, happened);
create index register_grades_class on register_grades (district, register, class, key);
create index register_looks_entry on register_looks (district, register, key, at);
create index register_looks_person on register_looks (district, person, at);
create index register_imports_ended on register_imports (district, ended);

-- +goose Down
drop table register_rejects;
drop table register_imports;
drop table register_terms;
drop table register_looks;
drop table register_grades;
drop table register_past;
drop table register_records;
drop table register_entries;
