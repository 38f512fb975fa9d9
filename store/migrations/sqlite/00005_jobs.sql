-- +goose Up
create table jobs (
  district    text not null,
  kind        text not null,
  key         text not null,
  version     integer not null, -- grows with each request, tells one that came while the job ran
  attempts    integer not null,
  next_at     integer not null, -- Unix ms
  lease_until integer not null, -- Unix ms, 0 when nobody holds it
  holder      text not null,
  failure     text not null,    -- of the last attempt, for the operator
  primary key (district, kind, key)
) strict, without rowid;

create index jobs_due on jobs (district, next_at);

-- +goose Down
drop table jobs;
