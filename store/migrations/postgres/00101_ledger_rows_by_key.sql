-- +goose Up
-- What an act leaves of a case, its event and its notes has keys that begin alike:
-- by key they are written side by side, by table far from each other.
create table ledger_rows_by_key (
  district text collate "C" not null,
  key      text collate "C" not null,    -- primary key without the district, parts joined by "/"
  tbl      text collate "C" not null,
  version  bigint not null, -- counts the acts about the row from 1
  entry    text collate "C" not null,
  n        bigint not null, -- place among the rows of the entry, from 0
  digest   bytea,             -- null: the act deleted the row
  primary key (district, key, tbl, version)
);
insert into ledger_rows_by_key (district, key, tbl, version, entry, n, digest)
select district, key, tbl, version, entry, n, digest
from ledger_rows
order by district, key, tbl, version;
drop table ledger_rows;
alter table ledger_rows_by_key rename to ledger_rows;
alter index ledger_rows_by_key_pkey rename to ledger_rows_pkey;
create unique index ledger_rows_entry on ledger_rows (district, entry, n);

-- +goose Down
create table ledger_rows_by_table (
  district text collate "C" not null,
  tbl      text collate "C" not null,
  key      text collate "C" not null,
  version  bigint not null,
  entry    text collate "C" not null,
  n        bigint not null,
  digest   bytea,
  primary key (district, tbl, key, version)
);
insert into ledger_rows_by_table (district, tbl, key, version, entry, n, digest)
select district, tbl, key, version, entry, n, digest
from ledger_rows
order by district, tbl, key, version;
drop table ledger_rows;
alter table ledger_rows_by_table rename to ledger_rows;
alter index ledger_rows_by_table_pkey rename to ledger_rows_pkey;
create unique index ledger_rows_entry on ledger_rows (district, entry, n);
