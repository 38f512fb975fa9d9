-- +goose Up
-- Subjects by how often what counts for their limits has changed.
create table fund_subjects (
  district text not null,
  id       text not null, -- unified social credit code
  version  integer not null,
  name     text not null,
  primary key (district, id)
) strict, without rowid;

-- Budgets with their balances, which are the sums of fund_journal.
create table fund_pots (
  district  text not null,
  id        text not null, -- programme/year/item
  version   integer not null,
  programme text not null,
  year      integer not null,
  item      text not null, -- '' all else, an article or a benefit
  closed    integer not null,
  budget    integer not null, -- fen
  committed integer not null,
  paid      integer not null,
  returned  integer not null,
  primary key (district, id),
  check (returned >= 0 and returned <= paid and paid <= committed and committed <= budget)
) strict, without rowid;

-- Every movement of money; it only grows.
create table fund_journal (
  district  text not null,
  id        text not null,
  at        integer not null, -- Unix ms
  pot       text not null,
  kind      text not null,
  budget    integer not null, -- fen, by which each balance changed
  committed integer not null,
  paid      integer not null,
  returned  integer not null,
  promise   text not null, -- '' for movements of the budget
  line      integer not null,
  subject   text not null,
  turn      integer not null, -- version of the subject after it, 0 when it did not change
  year      integer not null,
  benefit   text not null,
  key       text not null,
  batch     text not null,
  claim     text not null,
  person    text not null,
  reason    text not null,
  day       text not null, -- YYYY-MM-DD of a payment or what came back, or ''
  primary key (district, id)
) strict, without rowid;
create index fund_journal_pot on fund_journal (district, pot, id);
create index fund_journal_subject on fund_journal (district, subject, turn);
create index fund_journal_promise on fund_journal (district, promise, id);

-- What decisions promise.
create table fund_promises (
  district text not null,
  id       text not null,
  version  integer not null,
  case_id  text not null,
  subject  text not null,
  state    text not null,
  batch    text not null, -- '' for none
  total    integer not null, -- fen
  at       integer not null, -- Unix ms
  body     blob not null, -- the rest, JSON
  primary key (district, id)
) strict, without rowid;
create unique index fund_promises_live on fund_promises (district, case_id) where state <> 'released';
create index fund_promises_case on fund_promises (district, case_id, id);
create index fund_promises_subject on fund_promises (district, subject, id);
create index fund_promises_state on fund_promises (district, state, id);
create index fund_promises_batch on fund_promises (district, batch);

-- Accounts that are paid to.
create table fund_payees (
  district text not null,
  id       text not null,
  subject  text not null,
  blind    text not null, -- index of what is sealed
  sealed   blob not null, -- name, bank and number, JSON
  at       integer not null, -- Unix ms
  primary key (district, id)
) strict, without rowid;
create unique index fund_payees_blind on fund_payees (district, subject, blind);

-- Batches of payments, and their rows.
create table fund_batches (
  district text not null,
  id       text not null,
  version  integer not null,
  number   text not null,
  year     integer not null,
  state    text not null,
  body     blob not null, -- JSON
  primary key (district, id)
) strict, without rowid;
create unique index fund_batches_number on fund_batches (district, year, number);

create table fund_rows (
  district text not null,
  batch    text not null,
  n        integer not null,
  version  integer not null,
  promise  text not null,
  state    text not null,
  amount   integer not null, -- fen
  payee    blob, -- sealed JSON, null before the batch is signed
  body     blob not null, -- JSON
  primary key (district, batch, n)
) strict, without rowid;
-- A promise is in one batch that waits for its answer, and is paid once.
create unique index fund_rows_once on fund_rows (district, promise) where state <> 'failed';

-- Files for the finance system, and its answers, sealed.
create table fund_files (
  district text not null,
  id       text not null,
  batch    text not null,
  kind     text not null,
  at       integer not null, -- Unix ms
  taken    integer not null,
  head     blob not null, -- JSON
  sealed   blob not null,
  primary key (district, id)
) strict, without rowid;
create index fund_files_batch on fund_files (district, batch, at);

-- Money that has to come back.
create table fund_claims (
  district text not null,
  id       text not null,
  version  integer not null,
  promise  text not null,
  subject  text not null,
  state    text not null,
  due      text not null, -- YYYY-MM-DD
  amount   integer not null, -- fen
  received integer not null,
  body     blob not null, -- JSON
  primary key (district, id)
) strict, without rowid;
create index fund_claims_promise on fund_claims (district, promise);
create index fund_claims_subject on fund_claims (district, subject);
create index fund_claims_state on fund_claims (district, state, due);

-- +goose Down
drop table fund_claims;
drop table fund_files;
drop table fund_rows;
drop table fund_batches;
drop table fund_payees;
drop table fund_promises;
drop table fund_journal;
drop table fund_pots;
drop table fund_subjects;
