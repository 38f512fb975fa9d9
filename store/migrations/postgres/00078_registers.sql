-- +goose Up
-- The entries of registers as they are now. What they were is in register_past.
create table register_entries (
  district text collate "C" not null,
  register text collate "C" not null,
  key      text collate "C" not null,
  version  bigint not null,
  unit     text collate "C" not null,
  name     text collate "C" not null,
  aliases  text collate "C" not null, -- one to a line
  facet    text collate "C" not null,
  area     text collate "C" not null,
  since    text collate "C" not null, -- YYYY-MM-DD, or empty
  until    text collate "C" not null,
  doubt    bigint not null, -- 1: the key breaks the check of its scheme
  at       bigint not null, -- Unix ms
  body     bytea not null, -- values, JSON
  primary key (district, register, key)
);

-- What units recorded about entries, named within unit and kind.
create table register_records (
  district  text collate "C" not null,
  register  text collate "C" not null,
  kind      text collate "C" not null,
  unit      text collate "C" not null,
  key       text collate "C" not null,
  version   bigint not null,
  subject   text collate "C" not null, -- key of the entry
  happened  text collate "C" not null, -- YYYY-MM-DD
  until     text collate "C" not null, -- YYYY-MM-DD, empty while it goes on
  at        bigint not null,
  basis     text collate "C" not null,
  withdrawn bigint not null,
  note      text collate "C" not null,
  body      bytea not null, -- values, JSON
  primary key (district, register, kind, unit, key)
);

-- Earlier versions of entries, records and grades.
create table register_past (
  district text collate "C" not null,
  object   text collate "C" not null, -- entry/, record/ or grade/ and what it is of
  key      text collate "C" not null,
  version  bigint not null,
  ended    bigint not null, -- Unix ms
  body     bytea not null,
  primary key (district, object, key, version)
);

-- The class of each entry, with the lines it rests on.
create table register_grades (
  district text collate "C" not null,
  register text collate "C" not null,
  key      text collate "C" not null,
  version  bigint not null,
  class    text collate "C" not null,
  points   bigint not null,
  at       bigint not null,
  body     bytea not null, -- JSON, package registers
  primary key (district, register, key)
);

-- Who looked at an entry in full, and for what.
create table register_looks (
  district text collate "C" not null,
  id       text collate "C" not null,
  person   text collate "C" not null,
  register text collate "C" not null,
  key      text collate "C" not null,
  purpose  text collate "C" not null,
  note     text collate "C" not null,
  at       bigint not null,
  primary key (district, id)
);

-- The words of entries' names, their keys and their aliases. Made from register_entries.
create table register_terms (
  district text collate "C" not null,
  register text collate "C" not null,
  term     text collate "C" not null, -- led by = for a whole key or alias
  key      text collate "C" not null,
  primary key (district, register, term, key)
);

-- Files whose rows somebody wants, and how far they have come. Forgotten after a while.
create table register_imports (
  district   text collate "C" not null,
  id         text collate "C" not null,
  register   text collate "C" not null,
  kind       text collate "C" not null,
  unit       text collate "C" not null,
  actor      bytea not null,
  file       text collate "C" not null,
  name       text collate "C" not null,
  size       bigint not null,
  at         bigint not null,
  phase      text collate "C" not null,
  good_only  bigint not null,
  checked    bigint not null,
  pos        bigint not null, -- where reading goes on
  line       bigint not null,
  total      bigint not null,
  good       bigint not null,
  bad        bigint not null,
  added      bigint not null,
  changed    bigint not null,
  same       bigint not null,
  ended      bigint not null, -- Unix ms, 0 while it goes on
  failure_zh text collate "C" not null,
  failure_en text collate "C" not null,
  version    bigint not null,
  primary key (district, id)
);

-- What was wrong with rows of imports.
create table register_rejects (
  district text collate "C" not null,
  import   text collate "C" not null,
  line     bigint not null,
  n        bigint not null, -- in the row
  field    text collate "C" not null,
  zh       text collate "C" not null,
  en       text collate "C" not null,
  typed    text collate "C" not null,
  primary key (district, import, line, n)
);

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
