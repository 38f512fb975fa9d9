-- +goose Up
-- Snapshots of whom support programmes are for.
create table populations (
  district text not null,
  id text not null,
  version integer not null,
  at integer not null, -- Unix ms
  name text not null,
  snapshot text not null, -- identity, hex
  file text not null,
  bytes integer not null,
  applicant text not null,
  year integer not null, -- of the facts
  total integer not null, -- rows
  apart integer not null,
  wrong integer not null,
  invented integer not null,
  author text not null,
  primary key (district, id)
) strict, without rowid;

-- Simulations of amendments, and what came of them.
create table simulations (
  district text not null,
  id text not null,
  version integer not null,
  at integer not null, -- Unix ms
  title text not null,
  population text not null,
  docs blob not null, -- JSON
  year integer not null,
  amendment text not null,
  budget integer not null, -- fen, 0 for none
  person text not null,
  author text not null,
  state text not null, -- waiting, done or failed
  total integer not null, -- rows
  failure_zh text not null,
  failure_en text not null,
  result text not null, -- identity, hex; empty until it is there
  digest text not null, -- SHA-256 of the result
  ended integer not null, -- Unix ms, 0 while it goes on
  primary key (district, id)
) strict, without rowid;

-- Results by what they depend on: canonical JSON, never changed.
create table simulation_results (
  district text not null,
  id text not null,
  body blob not null,
  primary key (district, id)
) strict, without rowid;

-- How many rows a simulation that goes on has computed.
create table simulation_progress (
  district text not null,
  id text not null,
  done integer not null,
  primary key (district, id)
) strict, without rowid;

-- +goose Down
drop table simulation_progress;
drop table simulation_results;
drop table simulations;
drop table populations;
