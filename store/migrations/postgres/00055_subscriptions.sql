-- +goose Up
-- Who wants to be told by mail of public cases: of one, or of those at a place.
create table subscriptions (
  district    text collate "C" not null,
  id          text collate "C" not null,
  revision    bigint not null, -- counts the saves of this row from 1
  email       bytea, -- sealed; null once it ended
  email_index text collate "C" not null, -- blind index, '' once it ended
  lang        text collate "C" not null,
  case_id     text collate "C" not null, -- or ''
  procedure   text collate "C" not null, -- of the cases at a place
  area        text collate "C" not null, -- code, or ''
  spot        text collate "C" not null, -- latitude,longitude, or ''
  within      bigint not null, -- metres around the spot
  kind        text collate "C" not null, -- heading of the class, or ''
  daily       bigint not null, -- 0 or 1
  topic       text collate "C" not null, -- under which it is found; '' once it ended
  made        bigint not null, -- Unix ms
  confirmed   bigint not null, -- Unix ms, 0 for not yet
  ended       bigint not null, -- Unix ms, 0 while it lasts
  primary key (district, id)
);
create index subscriptions_topic on subscriptions (district, topic, id) where confirmed > 0 and ended = 0;
create index subscriptions_email on subscriptions (district, email_index, id) where email_index <> '';
create index subscriptions_open on subscriptions (district, id) where ended = 0;

-- What they are to tell.
create table subscription_news (
  district     text collate "C" not null,
  subscription text collate "C" not null,
  case_id      text collate "C" not null,
  step         bigint not null, -- of the case
  at           bigint not null, -- when it was noted, Unix ms
  dispatch     text collate "C" not null, -- by which it is told, or ''
  primary key (district, subscription, case_id, step)
);
create unique index dispatches_digest on dispatches (district, target) where kind = 'digest' and next_at > 0;

-- +goose Down
drop index dispatches_digest;
drop table subscription_news;
drop table subscriptions;
