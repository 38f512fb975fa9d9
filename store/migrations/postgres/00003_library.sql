-- +goose Up
-- The documents of a district: held ones, and stubs (version 0) that others
-- only name. Dates are '' when not known.
create table documents (
  district    text collate "C" not null,
  slug        text collate "C" not null, -- its address
  id          text not null,
  ordinal     bigint not null, -- given once; leads the keys of the search index
  revision    bigint not null, -- counts the saves of this row from 1
  number      text not null,
  series      text not null,
  year        bigint not null,
  serial      bigint not null,
  version     bigint not null, -- the current one
  title       text not null,
  kind        text not null,
  issuers     text not null, -- one to a line
  has_text    bigint not null, -- 0 or 1
  signed      text not null,
  printed     text not null,
  effective   text not null,
  valid_until text not null,
  plan_ends   text not null,
  repealed_on text not null,
  repealed_by text not null, -- number
  known       bigint not null, -- 0 or 1: something is known about its force
  tasks       bigint not null,
  indicators  bigint not null,
  projects    bigint not null,
  source      text not null, -- SHA-256 of the file, hex
  imported_at bigint not null, -- Unix ms
  primary key (district, slug)
);
create unique index documents_ordinal on documents (district, ordinal);

-- Readings of a document; never changed.
create table document_versions (
  district    text collate "C" not null,
  slug        text collate "C" not null,
  version     bigint not null, -- from 1
  content     bytea not null, -- JSON as the reader made it
  digest      text not null, -- SHA-256 of the content without line numbers, hex
  source      text not null,
  imported_at bigint not null,
  event       text not null, -- ledger event
  primary key (district, slug, version),
  foreign key (district, slug) references documents (district, slug)
);

-- References of the current version.
create table document_links (
  district text collate "C" not null,
  slug     text collate "C" not null, -- of the document that refers
  seq      bigint not null, -- from 0
  relation text not null, -- repeals, cites
  target   text collate "C" not null, -- slug, or '' when the reference leads nowhere
  number   text not null,
  title    text not null,
  line     bigint not null, -- raw line of the file
  primary key (district, slug, seq),
  foreign key (district, slug) references documents (district, slug)
);
create index document_links_target on document_links (district, target);

-- Tasks, indicators and projects of the current version.
create table document_items (
  district text collate "C" not null,
  slug     text collate "C" not null,
  scope    bigint not null, -- 2 task, 3 indicator, 4 project
  seq      bigint not null, -- from 0
  anchor   text not null,
  no       text not null, -- as printed
  section  text not null,
  body     text not null,
  starts   text not null,
  ends     text not null, -- deadline
  due      text not null, -- the deadline as printed
  primary key (district, slug, scope, seq),
  foreign key (district, slug) references documents (district, slug)
);

-- The parts units have in items.
create table item_parties (
  district    text collate "C" not null,
  slug        text collate "C" not null,
  scope       bigint not null,
  seq         bigint not null,
  place       bigint not null, -- from 0
  role        text not null, -- lead, support, responsible
  unit        text collate "C" not null, -- id in the pack, '' when no unit bears the name
  name        text not null,
  raw         text not null,
  restriction text not null, -- what the print restricts the unit's part to
  primary key (district, slug, scope, seq, place),
  foreign key (district, slug, scope, seq) references document_items (district, slug, scope, seq)
);
create index item_parties_unit on item_parties (district, unit);

-- What can be found: titles, nodes and items. Made from the tables above.
create table passages (
  district text collate "C" not null,
  rowkey   bigint not null, -- district, ordinal, scope, place and part in one number
  anchor   text not null,
  head     text not null,
  body     text not null,
  primary key (district, rowkey)
);

-- The terms of passages (package fulltext), by the same rowkey.
create table passage_terms (
  district text collate "C" not null,
  rowkey   bigint not null,
  head     tsvector not null, -- of the head
  whole    tsvector not null, -- of the head and, after a gap, the body
  primary key (district, rowkey)
);
create index passage_terms_head on passage_terms using gin (head) with (fastupdate = off); -- imports are rare, and a pending list slows every search
create index passage_terms_whole on passage_terms using gin (whole) with (fastupdate = off);

-- +goose Down
drop table passage_terms;
drop table passages;
drop table item_parties;
drop table document_items;
drop table document_links;
drop table document_versions;
drop table documents;
