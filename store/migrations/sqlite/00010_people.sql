-- +goose Up
-- Who works for the district. Names and contacts are sealed (docs/spec/privacy.md),
-- null when there is none; an index column is the blind index of its neighbour
-- in hex, '' when there is none.
create table persons (
  district     text not null,
  id           text not null,
  revision     integer not null, -- counts the saves of this row from 1
  staff_no     text not null, -- in the personnel register, or ''
  unit         text not null, -- of the pack
  name         blob not null, -- sealed
  name_index   text not null,
  mobile       blob, -- sealed
  mobile_index text not null,
  email        blob, -- sealed
  primary key (district, id)
) strict, without rowid;
create unique index persons_staff_no on persons (district, staff_no) where staff_no <> '';

-- How they log in.
create table accounts (
  district text not null,
  person   text not null,
  revision integer not null,
  login    text not null,
  state    text not null, -- invited, active, closed
  password text not null, -- argon2id in PHC form, or ''
  totp     blob, -- sealed
  recovery text not null, -- digests, one to a line
  issuer   text not null, -- identity provider, or ''
  subject  text not null,
  epoch    integer not null, -- changes of what proves identity
  primary key (district, person),
  foreign key (district, person) references persons (district, id)
) strict, without rowid;
create unique index accounts_login on accounts (district, login);
create unique index accounts_subject on accounts (district, issuer, subject) where subject <> '';

-- Roles held in units. Days are YYYY-MM-DD, ends the first day without.
create table assignments (
  district text not null,
  id       text not null,
  revision integer not null,
  person   text not null,
  role     text not null, -- of the pack
  unit     text not null,
  post     text not null, -- of the pack, or ''
  begins   text not null,
  ends     text not null, -- '' leaves it open
  primary key (district, id),
  foreign key (district, person) references persons (district, id)
) strict, without rowid;
create index assignments_person on assignments (district, person);
create index assignments_role on assignments (district, role);

-- Who acts instead of whom.
create table absences (
  district text not null,
  id       text not null,
  revision integer not null,
  person   text not null,
  deputy   text not null,
  begins   text not null,
  ends     text not null,
  primary key (district, id),
  foreign key (district, person) references persons (district, id),
  foreign key (district, deputy) references persons (district, id)
) strict, without rowid;
create index absences_person on absences (district, person);
create index absences_deputy on absences (district, deputy);

-- One-time links.
create table invitations (
  district text not null,
  digest   text not null, -- of the link, hex
  revision integer not null,
  person   text not null,
  renew    integer not null, -- 0 or 1: the second factor too
  epoch    integer not null, -- of the account when it was made
  two      integer not null, -- 0 or 1: another person has to agree
  made_by  text not null, -- actor
  seconded text not null, -- actor who agreed, or ''
  made     integer not null, -- Unix ms
  expires  integer not null, -- Unix ms
  used     integer not null, -- Unix ms, 0 for not yet
  primary key (district, digest),
  foreign key (district, person) references persons (district, id)
) strict, without rowid;

-- Logins in browsers; they end with a restart elsewhere.
create table sessions (
  district text not null,
  id       text not null, -- keyed digest of the token, hex
  person   text not null,
  whole    integer not null, -- 0 or 1: both factors were shown
  epoch    integer not null, -- of the account
  via      text not null,
  agent    text not null,
  opened   integer not null, -- Unix ms
  seen     integer not null, -- Unix ms
  proven   integer not null, -- Unix ms
  pending  blob, -- sealed secret of a second factor being set up
  primary key (district, id)
) strict, without rowid;
create index sessions_person on sessions (district, person);

-- Failed attempts, counted in buckets.
create table guards (
  district text not null,
  bucket   text not null,
  revision integer not null,
  failures integer not null,
  failed   integer not null, -- Unix ms, the last one
  primary key (district, bucket)
) strict, without rowid;

-- The last step of each second factor that was used.
create table used_steps (
  district text not null,
  factor   text not null, -- keyed digest of its secret
  step     integer not null,
  primary key (district, factor)
) strict, without rowid;

-- What happened at the door; deleted after a time, so not in the ledger.
create table security_log (
  district text not null,
  id       text not null,
  at       integer not null, -- Unix ms
  kind     text not null,
  person   text not null, -- or ''
  source   text not null, -- keyed digest of the address, or ''
  agent    text not null,
  primary key (district, id)
) strict, without rowid;
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
