-- +goose Up
create table jobs (
  district    text collate "C" not null,
  kind        text collate "C" not null,
  key         text collate "C" not null,
  version     bigint not null, -- grows with each request, tells one that came while the job ran
  attempts    bigint not null,
  next_at     bigint not null, -- Unix ms
  lease_until bigint not null, -- Unix ms, 0 when nobody holds it
  holder      text not null,
  failure     text not null,   -- of the last attempt, for the operator
  primary key (district, kind, key)
);

create index jobs_due on jobs (district, next_at);

-- +goose Down
drop table jobs;
