-- +goose Up
-- Who reported a problem, one row for each case: what may be used to reach them,
-- sealed (docs/spec/privacy.md), null when there is none; an index column is the
-- blind index of its neighbour in hex, '' when there is none.
create table contacts (
  district     text collate "C" not null,
  id           text collate "C" not null,
  revision     bigint not null, -- counts the saves of this row from 1
  case_id      text collate "C" not null, -- made before the case is begun
  name         bytea, -- sealed
  mobile       bytea, -- sealed
  mobile_index text collate "C" not null,
  mobile_shown bigint not null, -- when a code proved it theirs, Unix ms; 0 for never
  email        bytea, -- sealed
  email_index  text collate "C" not null,
  email_shown  bigint not null,
  channel      text not null, -- how they want to be told: sms, email or ''
  lang         text not null,
  withheld     bigint not null, -- 0 or 1: from the unit that handles the case
  follow       text collate "C" not null, -- digest of the link's secret, hex; '' once taken back
  turn         bigint not null, -- how many secrets were made
  made         bigint not null, -- Unix ms
  erased       bigint not null, -- Unix ms, 0 for not yet
  primary key (district, id)
);
create unique index contacts_case on contacts (district, case_id);
create index contacts_mobile on contacts (district, mobile_index, id) where mobile_index <> '';
create index contacts_email on contacts (district, email_index, id) where email_index <> '';
create unique index contacts_follow on contacts (district, follow) where follow <> '';
create index contacts_kept on contacts (district, id) where erased = 0;

-- +goose Down
drop table contacts;
