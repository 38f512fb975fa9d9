-- +goose Up
-- The documents of a district: held ones, and stubs (version 0) that others
-- only name. Dates are '' when not known.
create table documents (
  district    text not null,
  slug        text not null, -- its address
  id          text not null,
  ordinal     integer not null, -- given once; leads the keys of the search index
  revision    integer not null, -- counts the saves of this row from 1
  number      text not null,
  series      text not null,
  year        integer not null,
  serial      integer not null,
  version     integer not null, -- the current one
  title       text not null,
  kind        text not null,
  issuers     text not null, -- one to a line
  has_text    integer not null, -- 0 or 1
  signed      text not null,
  printed     text not null,
  effective   text not null,
  valid_until text not null,
  plan_ends   text not null,
  repealed_on text not null,
  repealed_by text not null, -- number
  known       integer not null, -- 0 or 1: something is known about its force
  tasks       integer not null,
  indicators  integer not null,
  projects    integer not null,
  source      text not null, -- SHA-256 of the file, hex
  imported_at integer not null, -- Unix ms
  primary key (district, slug)
) strict, without rowid;
create unique index documents_ordinal on documents (district, ordinal);

-- Readings of a document; never changed.
create table document_versions (
  district    text not null,
  slug        text not null,
  version     integer not null, -- from 1
  content     blob not null, -- JSON as the reader made it
  digest      text not null, -- SHA-256 of the content without line numbers, hex
  source      text not null,
  imported_at integer not null,
  event       text not null, -- ledger event
  primary key (district, slug, version),
  foreign key (district, slug) references documents (district, slug)
) strict, without rowid;

-- References of the current version.
create table document_links (
  district text not null,
  slug     text not null, -- of the document that refers
  seq      integer not null, -- from 0
  relation text not null, -- repeals, cites
  target   text not null, -- slug, or '' when the reference leads nowhere
  number   text not null,
  title    text not null,
  line     integer not null, -- raw line of the file
  primary key (district, slug, seq),
  foreign key (district, slug) references documents (district, slug)
) strict, without rowid;
create index document_links_target on document_links (district, target);

-- Tasks, indicators and projects of the current version.
create table document_items (
  district text not null,
  slug     text not null,
  scope    integer not null, -- 2 task, 3 indicator, 4 project
  seq      integer not null, -- from 0
  anchor   text not null,
  no       text not null, -- as printed
  section  text not null,
  body     text not null,
  starts   text not null,
  ends     text not null, -- deadline
  due      text not null, -- the deadline as printed
  primary key (district, slug, scope, seq),
  foreign key (district, slug) references documents (district, slug)
) strict, without rowid;

-- The parts units have in items.
create table item_parties (
  district    text not null,
  slug        text not null,
  scope       integer not null,
  seq         integer not null,
  place       integer not null, -- from 0
  role        text not null, -- lead, support, responsible
  unit        text not null, -- id in the pack, '' when no unit bears the name
  name        text not null,
  raw         text not null,
  restriction text not null, -- what the print restricts the unit's part to
  primary key (district, slug, scope, seq, place),
  foreign key (district, slug, scope, seq) references document_items (district, slug, scope, seq)
) strict, without rowid;
create index item_parties_unit on item_parties (district, unit);

-- What can be found: titles, nodes and items. Made from the tables above.
create table passages (
  district text not null,
  rowkey   integer not null, -- district, ordinal, scope, place and part in one number
  anchor   text not null,
  head     text not null,
  body     text not null,
  primary key (district, rowkey)
) strict, without rowid;

-- The terms of passages (package fulltext), by the same rowkey. No text is kept
-- here; terms are ASCII or Han, so the plain tokenizer leaves them whole.
create virtual table passage_terms using fts5 (
  head, body, content = '', contentless_delete = 1, tokenize = 'ascii'
);

-- +goose Down
drop table passage_terms;
drop table passages;
drop table item_parties;
drop table document_items;
drop table document_links;
drop table document_versions;
drop table documents;
