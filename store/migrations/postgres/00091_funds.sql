-- +goose Up
-- Subjects by how often what counts for their limits has changed.
create table fund_subjects (
  district text collate "C" not null,
  id       text collate "C" not null, -- unified social credit code
  version  bigint not null,
  name     text collate "C" not null,
  primary key (district, id)
);

-- Budgets with their balances, which are the sums of fund_journal.
create table fund_pots (
  district  text collate "C" not null,
  id        text collate "C" not null, -- programme/year/item
  version   bigint not null,
  programme text collate "C" not null,
  year      bigint not null,
  item      text collate "C" not null, -- '' all else, an article or a benefit
  closed    bigint not null,
  budget    bigint not null, -- fen
  committed bigint not null,
  paid      bigint not null,
  returned  bigint not null,
  primary key (district, id),
  check (returned >= 0 and returned <= paid and paid <= committed and committed <= budget)
);

-- Every movement of money; it only grows.
create table fund_journal (
  district  text collate "C" not null,
  id        text collate "C" not null,
  at        bigint not null, -- Unix ms
  pot       text collate "C" not null,
  kind      text collate "C" not null,
  budget    bigint not null, -- fen, by which each balance changed
  committed bigint not null,
  paid      bigint not null,
  returned  bigint not null,
  promise   text collate "C" not null, -- '' for movements of the budget
  line      bigint not null,
  subject   text collate "C" not null,
  turn      bigint not null, -- version of the subject after it, 0 when it did not change
  year      bigint not null,
  benefit   text collate "C" not null,
  key       text collate "C" not null,
  batch     text collate "C" not null,
  claim     text collate "C" not null,
  person    text collate "C" not null,
  reason    text collate "C" not null,
  day       text collate "C" not null, -- YYYY-MM-DD of a payment or what came back, or ''
  primary key (district, id)
);
create index fund_journal_pot on fund_journal (district, pot, id);
create index fund_journal_subject on fund_journal (district, subject, turn);
create index fund_journal_promise on fund_journal (district, promise, id);

-- What decisions promise.
create table fund_promises (
  district text collate "C" not null,
  id       text collate "C" not null,
  version  bigint not null,
  case_id  text collate "C" not null,
  subject  text collate "C" not null,
  state    text collate "C" not null,
  batch    text collate "C" not null, -- '' for none
  total    bigint not null, -- fen
  at       bigint not null, -- Unix ms
  body     bytea not null, -- the rest, JSON
  primary key (district, id)
);
create unique index fund_promises_live on fund_promises (district, case_id) where state <> 'released';
create index fund_promises_case on fund_promises (district, case_id, id);
create index fund_promises_subject on fund_promises (district, subject, id);
create index fund_promises_state on fund_promises (district, state, id);
create index fund_promises_batch on fund_promises (district, batch);

-- Accounts that are paid to.
create table fund_payees (
  district text collate "C" not null,
  id       text collate "C" not null,
  subject  text collate "C" not null,
  blind    text collate "C" not null, -- index of what is sealed
  sealed   bytea not null, -- name, bank and number, JSON
  at       bigint not null, -- Unix ms
  primary key (district, id)
);
create unique index fund_payees_blind on fund_payees (district, subject, blind);

-- Batches of payments, and their rows.
create table fund_batches (
  district text collate "C" not null,
  id       text collate "C" not null,
  version  bigint not null,
  number   text collate "C" not null,
  year     bigint not null,
  state    text collate "C" not null,
  body     bytea not null, -- JSON
  primary key (district, id)
);
create unique index fund_batches_number on fund_batches (district, year, number);

create table fund_rows (
  district text collate "C" not null,
  batch    text collate "C" not null,
  n        bigint not null,
  version  bigint not null,
  promise  text collate "C" not null,
  state    text collate "C" not null,
  amount   bigint not null, -- fen
  payee    bytea, -- sealed JSON, null before the batch is signed
  body     bytea not null, -- JSON
  primary key (district, batch, n)
);
-- A promise is in one batch that waits for its answer, and is paid once.
create unique index fund_rows_once on fund_rows (district, promise) where state <> 'failed';

-- Files for the finance system, and its answers, sealed.
create table fund_files (
  district text collate "C" not null,
  id       text collate "C" not null,
  batch    text collate "C" not null,
  kind     text collate "C" not null,
  at       bigint not null, -- Unix ms
  taken    bigint not null,
  head     bytea not null, -- JSON
  sealed   bytea not null,
  primary key (district, id)
);
create index fund_files_batch on fund_files (district, batch, at);

-- Money that has to come back.
create table fund_claims (
  district text collate "C" not null,
  id       text collate "C" not null,
  version  bigint not null,
  promise  text collate "C" not null,
  subject  text collate "C" not null,
  state    text collate "C" not null,
  due      text collate "C" not null, -- YYYY-MM-DD
  amount   bigint not null, -- fen
  received bigint not null,
  body     bytea not null, -- JSON
  primary key (district, id)
);
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
