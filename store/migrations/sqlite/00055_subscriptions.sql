-- +goose Up
-- Who wants to be told by mail of public cases: of one, or of those at a place.
create table subscriptions (
  district    text not null,
  id          text not null,
  revision    integer not null, -- counts the saves of this row from 1
  email       blob, -- sealed; null once it ended
  email_index text not null, -- blind index, '' once it ended
  lang        text not null,
  case_id     text not null, -- or ''
  procedure   text not null, -- of the cases at a place
  area        text not null, -- code, or ''
  spot        text not null, -- latitude,longitude, or ''
  within      integer not null, -- metres around the spot
  kind        text not null, -- heading of the class, or ''
  daily       integer not null, -- 0 or 1
  topic       text not null, -- under which it is found; '' once it ended
  made        integer not null, -- Unix ms
  confirmed   integer not null, -- Unix ms, 0 for not yet
  ended       integer not null, -- Unix ms, 0 while it lasts
  primary key (district, id)
) strict, without rowid;
create index subscriptions_topic on subscriptions (district, topic, id) where confirmed > 0 and ended = 0;
create index subscriptions_email on subscriptions (district, email_index, id) where email_index <> '';
create index subscriptions_open on subscriptions (district, id) where ended = 0;

-- What they are to tell.
create table subscription_news (
  district     text not null,
  subscription text not null,
  case_id      text not null,
  step         integer not null, -- of the case
  at           integer not null, -- when it was noted, Unix ms
  dispatch     text not null, -- by which it is told, or ''
  primary key (district, subscription, case_id, step)
) strict, without rowid;
create unique index dispatches_digest on dispatches (district, target) where kind = 'digest' and next_at > 0;

-- +goose Down
drop index dispatches_digest;
drop table subscription_news;
drop table subscriptions;
