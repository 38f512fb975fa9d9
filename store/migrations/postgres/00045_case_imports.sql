-- +goose Up
-- Tables of which somebody wants cases begun, and what came of each row. The
-- cases are in the ledger, each by itself; this is forgotten after a while.
create table case_imports (
  district  text collate "C" not null,
  id        text collate "C" not null,
  person    text collate "C" not null, -- who wants it
  procedure text collate "C" not null,
  action    text collate "C" not null, -- that begins the cases
  rows_json bytea not null, -- the table, JSON
  at        bigint not null, -- Unix ms
  total     bigint not null, -- rows of it
  done      bigint not null, -- of them
  ended     bigint not null, -- Unix ms, 0 while it runs
  result    bytea not null, -- JSON, package casework; empty while it runs
  primary key (district, id)
);
create index case_imports_ended on case_imports (district, ended);

-- +goose Down
drop table case_imports;
