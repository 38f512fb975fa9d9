-- +goose Up
-- Who works for the district. Names and contacts are sealed (docs/spec/privacy.md),
-- null when there is none; an index column is the blind index of its neighbour
-- in hex, '' when there is none.
create table persons (
  district     text collate "C" not null,
  id           text collate "C" not null,
  revision     bigint not null, -- counts the saves of this row from 1
  staff_no     text collate "C" not null, -- in the personnel register, or ''
  unit         text collate "C" not null, -- of the pack
  name         bytea not null, -- sealed
  name_index   text not null,
  mobile       bytea, -- sealed
  mobile_index text not null,
  email        bytea, -- sealed
  primary key (district, id)
);
create unique index persons_staff_no on persons (district, staff_no) where staff_no <> '';

-- How they log in.
create table accounts (
  district text collate "C" not null,
  person   text collate "C" not null,
  revision bigint not null,
  login    text collate "C" not null,
  state    text not null, -- invited, active, closed
  password text not null, -- argon2id in PHC form, or ''
  totp     bytea, -- sealed
  recovery text not null, -- digests, one to a line
  issuer   text collate "C" not null, -- identity provider, or ''
  subject  text collate "C" not null,
  epoch    bigint not null, -- changes of what proves identity
  primary key (district, person),
  foreign key (district, person) references persons (district, id)
);
create unique index accounts_login on accounts (district, login);
create unique index accounts_subject on accounts (district, issuer, subject) where subject <> '';

-- Roles held in units. Days are YYYY-MM-DD, ends the first day without.
create table assignments (
  district text collate "C" not null,
  id       text collate "C" not null,
  revision bigint not null,
  person   text collate "C" not null,
  role     text collate "C" not null, -- of the pack
  unit     text collate "C" not null,
  post     text not null, -- of the pack, or ''
  begins   text not null,
  ends     text not null, -- '' leaves it open
  primary key (district, id),
  foreign key (district, person) references persons (district, id)
);
create index assignments_person on assignments (district, person);
create index assignments_role on assignments (district, role);

-- Who acts instead of whom.
create table absences (
  district text collate "C" not null,
  id       text collate "C" not null,
  revision bigint not null,
  person   text collate "C" not null,
  deputy   text collate "C" not null,
  begins   text not null,
  ends     text not null,
  primary key (district, id),
  foreign key (district, person) references persons (district, id),
  foreign key (district, deputy) references persons (district, id)
);
create index absences_person on absences (district, person);
create index absences_deputy on absences (district, deputy);

-- One-time links.
create table invitations (
  district text collate "C" not null,
  digest   text collate "C" not null, -- of the link, hex
  revision bigint not null,
  person   text collate "C" not null,
  renew    bigint not null, -- 0 or 1: the second factor too
  epoch    bigint not null, -- of the account when it was made
  two      bigint not null, -- 0 or 1: another person has to agree
  made_by  text not null, -- actor
  seconded text not null, -- actor who agreed, or ''
  made     bigint not null, -- Unix ms
  expires  bigint not null, -- Unix ms
  used     bigint not null, -- Unix ms, 0 for not yet
  primary key (district, digest),
  foreign key (district, person) references persons (district, id)
);

-- Logins in browsers; they end with a restart elsewhere.
create table sessions (
  district text collate "C" not null,
  id       text collate "C" not null, -- keyed digest of the token, hex
  person   text collate "C" not null,
  whole    bigint not null, -- 0 or 1: both factors were shown
  epoch    bigint not null, -- of the account
  via      text not null,
  agent    text not null,
  opened   bigint not null, -- Unix ms
  seen     bigint not null, -- Unix ms
  proven   bigint not null, -- Unix ms
  pending  bytea, -- sealed secret of a second factor being set up
  primary key (district, id)
);
create index sessions_person on sessions (district, person);

-- Failed attempts, counted in buckets.
create table guards (
  district text collate "C" not null,
  bucket   text collate "C" not null,
  revision bigint not null,
  failures bigint not null,
  failed   bigint not null, -- Unix ms, the last one
  primary key (district, bucket)
);

-- The last step of each second factor that was used.
create table used_steps (
  district text collate "C" not null,
  factor   text collate "C" not null, -- keyed digest of its secret
  step     bigint not null,
  primary key (district, factor)
);

-- What happened at the door; deleted after a time, so not in the ledger.
create table security_log (
  district text collate "C" not null,
  id       text collate "C" not null,
  at       bigint not null, -- Unix ms
  kind     text not null,
  person   text collate "C" not null, -- or ''
  source   text not null, -- keyed digest of the address, or ''
  agent    text not null,
  primary key (district, id)
);
create index security_log_at on security_log (district, at);

-- +goose Down
drop table security_log;
drop table used_steps;
drop table guards;
drop table sessions;
drop table invitations;
drop table absences;
drop table assignments;
drop table accounts;
drop table persons;
