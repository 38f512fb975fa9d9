-- +goose Up
-- By what words cases are found. Made from the tables of cases.
create table case_words (
  district text not null,
  case_id  text not null,
  rowkey   integer not null, -- of its terms, which SQLite's index keeps by number; 0 where terms go by the case
  words    text not null, -- number and subject as they were indexed
  primary key (district, case_id)
) strict, without rowid;
create unique index case_words_rowkey on case_words (district, rowkey) where rowkey > 0;

-- Their terms (package fulltext), by rowkey. No text is kept here.
create virtual table case_terms using fts5 (
  words, content = '', contentless_delete = 1, tokenize = 'ascii'
);

-- +goose Down
drop table case_terms;
drop table case_words;
