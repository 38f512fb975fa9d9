-- +goose Up
-- Format and rules: docs/spec/ledger.md.

-- Every act, sequenced or not. body holds the canonical bytes; the columns
-- before it repeat what lists need.
create table ledger_entries (
  district text collate "C" not null,
  id       text collate "C" not null,    -- of the event, UUID
  at       bigint not null, -- Unix ms
  kind     text not null,
  object   text collate "C" not null,
  actor    text,             -- in clear; null once erased
  body     bytea not null,
  primary key (district, id)
);
create index ledger_entries_object on ledger_entries (district, object);

-- Salts of commitments. Deleting one erases the link to what was committed.
create table ledger_salts (
  district text collate "C" not null,
  entry    text collate "C" not null,
  name     text collate "C" not null, -- "actor", "rows" or the name of a sealed fact
  salt     bytea not null,
  primary key (district, entry, name)
);

-- The state of each recorded row after each act about it.
create table ledger_rows (
  district text collate "C" not null,
  tbl      text collate "C" not null,
  key      text collate "C" not null,    -- primary key without the district, parts joined by "/"
  version  bigint not null, -- counts the acts about the row from 1
  entry    text collate "C" not null,
  n        bigint not null, -- place among the rows of the entry, from 0
  digest   bytea,             -- null: the act deleted the row
  primary key (district, tbl, key, version)
);
create unique index ledger_rows_entry on ledger_rows (district, entry, n);

-- Entries that wait for the sequencer.
create table ledger_pending (
  district text collate "C" not null,
  seq      bigint not null, -- order of recording: Unix ns, or one more than the last
  entry    text collate "C" not null,
  at       bigint not null, -- Unix ms, of the entry
  primary key (district, seq, entry)
);

-- The order of the tree.
create table ledger_leaves (
  district text collate "C" not null,
  idx      bigint not null, -- from 0
  entry    text collate "C" not null,
  primary key (district, idx)
);
create unique index ledger_leaves_entry on ledger_leaves (district, entry);

-- Merkle tree hashes, 256 to a tile; the last tile of a level grows.
create table ledger_tiles (
  district text collate "C" not null,
  level    bigint not null,
  n        bigint not null,
  hashes   bytea not null,
  primary key (district, level, n)
);

-- Signed tree heads.
create table ledger_checkpoints (
  district text collate "C" not null,
  size     bigint not null, -- number of entries
  latest   bigint not null, -- greatest time among them, Unix ms, 0 for none
  signed   bigint not null, -- when, Unix ms
  note     bytea not null,
  primary key (district, size)
);

-- +goose Down
drop table ledger_checkpoints;
drop table ledger_tiles;
drop table ledger_leaves;
drop table ledger_pending;
drop table ledger_rows;
drop table ledger_salts;
drop table ledger_entries;
