-- +goose Up
-- Drawn visits that were handed out as cases.
create table draw_visits (
  district text collate "C" not null,
  draw     text collate "C" not null,
  case_id  text collate "C" not null,
  version  bigint not null,
  uid      text collate "C" not null, -- hex, of the subject
  stage    text collate "C" not null,
  team     text collate "C" not null, -- as the case was told
  primary key (district, draw, case_id)
);

-- +goose Down
drop table draw_visits;
