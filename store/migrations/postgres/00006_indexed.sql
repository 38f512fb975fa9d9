-- +goose Up
-- What the search index holds of each document, and by which rules it was made.
-- A document without a row, or with another version or rules, is indexed anew.
create table indexed_documents (
  district text collate "C" not null,
  ordinal  bigint not null,
  version  bigint not null, -- of the document
  rules    bigint not null, -- library.IndexRules
  passages bigint not null, -- how many were made
  primary key (district, ordinal)
);

-- +goose Down
drop table indexed_documents;
