-- +goose Up
-- Drawn visits that were handed out as cases.
create table draw_visits (
  district text not null,
  draw     text not null,
  case_id  text not null,
  version  integer not null,
  uid      text not null, -- hex, of the subject
  stage    text not null,
  team     text not null, -- as the case was told
  primary key (district, draw, case_id)
) strict, without rowid;

-- +goose Down
drop table draw_visits;
