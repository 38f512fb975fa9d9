-- +goose Up
-- The keys by which other programs send things.
create table api_keys (
  district text not null,
  id       text not null,
  revision integer not null,
  name     text not null, -- of the program
  unit     text not null, -- that answers for it
  contact  blob not null, -- sealed
  rate     integer not null, -- how many times an hour
  digest   text not null, -- of the secret, hex
  made     integer not null, -- Unix ms
  revoked  integer not null, -- 0 while it is good
  primary key (district, id)
) strict, without rowid;

-- When they were used last.
create table api_key_uses (
  district text not null,
  api_key  text not null,
  used     integer not null, -- Unix ms, to the minute
  primary key (district, api_key),
  foreign key (district, api_key) references api_keys (district, id)
) strict, without rowid;

-- What other programs sent, for a while.
create table filings (
  district text not null,
  name     text not null, -- the client's for it, or what it says: a keyed digest, hex
  content  text not null, -- what it says: a keyed digest, hex
  id       text not null, -- of what becomes of it
  ends     integer not null, -- when it is forgotten, Unix ms
  primary key (district, name)
) strict, without rowid;
create index filings_ends on filings (district, ends);

-- Cases by time.
create index case_rows_opened on case_rows (district, procedure, opened);
create index case_rows_changed on case_rows (district, procedure, touched);

-- +goose Down
drop index case_rows_changed;
drop index case_rows_opened;
drop table filings;
drop table api_key_uses;
drop table api_keys;
