-- +goose Up
-- Format and rules: docs/spec/ledger.md.

-- Every act, sequenced or not. body holds the canonical bytes; the columns
-- before it repeat what lists need.
create table ledger_entries (
  district text not null,
  id       text not null,    -- of the event, UUID
  at       integer not null, -- Unix ms
  kind     text not null,
  object   text not null,
  actor    text,             -- in clear; null once erased
  body     blob not null,
  primary key (district, id)
) strict;
create index ledger_entries_object on ledger_entries (district, object);

-- Salts of commitments. Deleting one erases the link to what was committed.
create table ledger_salts (
  district text not null,
  entry    text not null,
  name     text not null, -- "actor", "rows" or the name of a sealed fact
  salt     blob not null,
  primary key (district, entry, name)
) strict, without rowid;

-- The state of each recorded row after each act about it.
create table ledger_rows (
  district text not null,
  tbl      text not null,
  key      text not null,    -- primary key without the district, parts joined by "/"
  version  integer not null, -- counts the acts about the row from 1
  entry    text not null,
  n        integer not null, -- place among the rows of the entry, from 0
  digest   blob,             -- null: the act deleted the row
  primary key (district, tbl, key, version)
) strict, without rowid;
create unique index ledger_rows_entry on ledger_rows (district, entry, n);

-- Entries that wait for the sequencer.
create table ledger_pending (
  district text not null,
  seq      integer not null, -- order of recording: Unix ns, or one more than the last
  entry    text not null,
  at       integer not null, -- Unix ms, of the entry
  primary key (district, seq, entry)
) strict, without rowid;

-- The order of the tree.
create table ledger_leaves (
  district text not null,
  idx      integer not null, -- from 0
  entry    text not null,
  primary key (district, idx)
) strict, without rowid;
create unique index ledger_leaves_entry on ledger_leaves (district, entry);

-- Merkle tree hashes, 256 to a tile; the last tile of a level grows.
create table ledger_tiles (
  district text not null,
  level    integer not null,
  n        integer not null,
  hashes   blob not null,
  primary key (district, level, n)
) strict;

-- Signed tree heads.
create table ledger_checkpoints (
  district text not null,
  size     integer not null, -- number of entries
  latest   integer not null, -- greatest time among them, Unix ms, 0 for none
  signed   integer not null, -- when, Unix ms
  note     blob not null,
  primary key (district, size)
) strict;

-- +goose Down
drop table ledger_checkpoints;
drop table ledger_tiles;
drop table ledger_leaves;
drop table ledger_pending;
drop table ledger_rows;
drop table ledger_salts;
drop table ledger_entries;
