-- +goose Up
-- By what words cases are found. Made from the tables of cases.
create table case_words (
  district text collate "C" not null,
  case_id  text collate "C" not null,
  rowkey   bigint not null, -- of its terms, which SQLite's index keeps by number; 0 where terms go by the case
  words    text not null, -- number and subject as they were indexed
  primary key (district, case_id)
);
create unique index case_words_rowkey on case_words (district, rowkey) where rowkey > 0;

-- Their terms (package fulltext), by case.
create table case_terms (
  district text collate "C" not null,
  case_id  text collate "C" not null,
  terms    tsvector not null,
  primary key (district, case_id)
);
create index case_terms_terms on case_terms using gin (terms) with (fastupdate = off); -- a pending list slows every search

-- +goose Down
drop table case_terms;
drop table case_words;
