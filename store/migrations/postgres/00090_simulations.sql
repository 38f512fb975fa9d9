-- +goose Up
-- Snapshots of whom support programmes are for.
create table populations (
  district text collate "C" not null,
  id text collate "C" not null,
  version bigint not null,
  at bigint not null, -- Unix ms
  name text collate "C" not null,
  snapshot text collate "C" not null, -- identity, hex
  file text collate "C" not null,
  bytes bigint not null,
  applicant text collate "C" not null,
  year bigint not null, -- of the facts
  total bigint not null, -- rows
  apart bigint not null,
  wrong bigint not null,
  invented bigint not null,
  author text collate "C" not null,
  primary key (district, id)
);

-- Simulations of amendments, and what came of them.
create table simulations (
  district text collate "C" not null,
  id text collate "C" not null,
  version bigint not null,
  at bigint not null, -- Unix ms
  title text collate "C" not null,
  population text collate "C" not null,
  docs bytea not null, -- JSON
  year bigint not null,
  amendment text collate "C" not null,
  budget bigint not null, -- fen, 0 for none
  person text collate "C" not null,
  author text collate "C" not null,
  state text collate "C" not null, -- waiting, done or failed
  total bigint not null, -- rows
  failure_zh text collate "C" not null,
  failure_en text collate "C" not null,
  result text collate "C" not null, -- identity, hex; empty until it is there
  digest text collate "C" not null, -- SHA-256 of the result
  ended bigint not null, -- Unix ms, 0 while it goes on
  primary key (district, id)
);

-- Results by what they depend on: canonical JSON, never changed.
create table simulation_results (
  district text collate "C" not null,
  id text collate "C" not null,
  body bytea not null,
  primary key (district, id)
);

-- How many rows a simulation that goes on has computed.
create table simulation_progress (
  district text collate "C" not null,
  id text collate "C" not null,
  done bigint not null,
  primary key (district, id)
);

-- +goose Down
drop table simulation_progress;
drop table simulation_results;
drop table simulations;
drop table populations;
