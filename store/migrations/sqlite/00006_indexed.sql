-- +goose Up
-- What the search index holds of each document, and by which rules it was made.
-- A document without a row, or with another version or rules, is indexed anew.
create table indexed_documents (
  district text not null,
  ordinal  integer not null,
  version  integer not null, -- of the document
  rules    integer not null, -- library.IndexRules
  passages integer not null, -- how many were made
  primary key (district, ordinal)
) strict, without rowid;

-- +goose Down
drop table indexed_documents;
