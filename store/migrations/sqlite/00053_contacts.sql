-- +goose Up
-- Who reported a problem, one row for each case: what may be used to reach them,
-- sealed (docs/spec/privacy.md), null when there is none; an index column is the
-- blind index of its neighbour in hex, '' when there is none.
create table contacts (
  district     text not null,
  id           text not null,
  revision     integer not null, -- counts the saves of this row from 1
  case_id      text not null, -- made before the case is begun
  name         blob, -- sealed
  mobile       blob, -- sealed
  mobile_index text not null,
  mobile_shown integer not null, -- when a code proved it theirs, Unix ms; 0 for never
  email        blob, -- sealed
  email_index  text not null,
  email_shown  integer not null,
  channel      text not null, -- how they want to be told: sms, email or ''
  lang         text not null,
  withheld     integer not null, -- 0 or 1: from the unit that handles the case
  follow       text not null, -- digest of the link's secret, hex; '' once taken back
  turn         integer not null, -- how many secrets were made
  made         integer not null, -- Unix ms
  erased       integer not null, -- Unix ms, 0 for not yet
  primary key (district, id)
) strict, without rowid;
create unique index contacts_case on contacts (district, case_id);
create index contacts_mobile on contacts (district, mobile_index, id) where mobile_index <> '';
create index contacts_email on contacts (district, email_index, id) where email_index <> '';
create unique index contacts_follow on contacts (district, follow) where follow <> '';
create index contacts_kept on contacts (district, id) where erased = 0;

-- +goose Down
drop table contacts;
