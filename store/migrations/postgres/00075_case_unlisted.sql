-- +goose Up
-- The cases that began when very many came at once: lists know nothing of them yet.
create table case_unlisted (
  district text collate "C" not null,
  case_id  text collate "C" not null,
  primary key (district, case_id)
);

-- +goose Down
drop table case_unlisted;
