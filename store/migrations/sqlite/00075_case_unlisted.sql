-- +goose Up
-- The cases that began when very many came at once: lists know nothing of them yet.
create table case_unlisted (
  district text not null,
  case_id  text not null,
  primary key (district, case_id)
) strict, without rowid;

-- +goose Down
drop table case_unlisted;
