-- +goose Up
-- What steps of cases want people told, until they were: package docket.
create table case_notes (
  district text collate "C" not null,
  case_id  text collate "C" not null,
  step     bigint not null, -- number of the step's last event
  n        bigint not null, -- of the step's notes, from 0
  at       bigint not null, -- Unix ms
  body     bytea not null, -- JSON
  primary key (district, case_id, step, n)
);

-- What a person was told: that a case has come to something. What it is about
-- stands in the case.
create table messages (
  district text collate "C" not null,
  person   text collate "C" not null,
  id       text collate "C" not null,
  case_id  text collate "C" not null,
  step     bigint not null,
  at       bigint not null, -- of the step, Unix ms
  why      text not null, -- package cases
  clock    text not null, -- id of the clock it is about, or ''
  seen     bigint not null, -- when it was read, Unix ms, or 0
  mail     text collate "C" not null, -- the mail it is in, 'daily' while it waits for one, or ''
  primary key (district, person, id)
);
create unique index messages_step on messages (district, person, case_id, step);
create index messages_unseen on messages (district, person) where seen = 0;
create index messages_mail on messages (district, mail, person) where mail <> '';
create index messages_seen on messages (district, seen) where seen > 0;

-- How a person wants to be told.
create table message_choices (
  district text collate "C" not null,
  person   text collate "C" not null,
  revision bigint not null, -- counts the saves of this row from 1
  lang     text not null, -- of mails
  mails    text not null, -- "reason way", one to a line
  primary key (district, person)
);

-- Mails that are to be sent, and those given up. To what address, the person's
-- row says.
create table mails (
  district text collate "C" not null,
  id       text collate "C" not null,
  person   text collate "C" not null,
  daily    bigint not null, -- 0 or 1
  queued   bigint not null, -- Unix ms
  next_at  bigint not null, -- when to try, Unix ms; 0 of one given up
  attempts bigint not null,
  answer   bigint not null, -- the server's last refusal, such as 550, or 0
  primary key (district, id)
);
create index mails_next on mails (district, next_at);

-- +goose Down
drop table mails;
drop table message_choices;
drop table messages;
drop table case_notes;
