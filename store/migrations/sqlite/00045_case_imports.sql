-- +goose Up
-- Tables of which somebody wants cases begun, and what came of each row. The
-- cases are in the ledger, each by itself; this is forgotten after a while.
create table case_imports (
  district  text not null,
  id        text not null,
  person    text not null, -- who wants it
  procedure text not null,
  action    text not null, -- that begins the cases
  rows_json blob not null, -- the table, JSON
  at        integer not null, -- Unix ms
  total     integer not null, -- rows of it
  done      integer not null, -- of them
  ended     integer not null, -- Unix ms, 0 while it runs
  result    blob not null, -- JSON, package casework; empty while it runs
  primary key (district, id)
) strict, without rowid;
create index case_imports_ended on case_imports (district, ended);

-- +goose Down
drop table case_imports;
