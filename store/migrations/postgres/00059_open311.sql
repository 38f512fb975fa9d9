-- +goose Up
-- The keys by which other programs send things.
create table api_keys (
  district text collate "C" not null,
  id       text collate "C" not null,
  revision bigint not null,
  name     text collate "C" not null, -- of the program
  unit     text collate "C" not null, -- that answers for it
  contact  bytea not null, -- sealed
  rate     bigint not null, -- how many times an hour
  digest   text collate "C" not null, -- of the secret, hex
  made     bigint not null, -- Unix ms
  revoked  bigint not null, -- 0 while it is good
  primary key (district, id)
);

-- When they were used last.
create table api_key_uses (
  district text collate "C" not null,
  api_key  text collate "C" not null,
  used     bigint not null, -- Unix ms, to the minute
  primary key (district, api_key),
  foreign key (district, api_key) references api_keys (district, id)
);

-- What other programs sent, for a while.
create table filings (
  district text collate "C" not null,
  name     text collate "C" not null, -- the client's for it, or what it says: a keyed digest, hex
  content  text collate "C" not null, -- what it says: a keyed digest, hex
  id       text collate "C" not null, -- of what becomes of it
  ends     bigint not null, -- when it is forgotten, Unix ms
  primary key (district, name)
);
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
