-- +goose Up
-- Public draws as they are held: what was arranged, what waits, how far each has come.
create table draws (
  district text not null,
  id       text not null, -- of the plan
  number   text not null, -- of the plan, for people
  version  integer not null,
  state    blob not null, -- JSON, package ceremony
  records  integer not null, -- lines of the transcript
  head     text not null, -- hex
  stage    text not null,
  attempt  integer not null,
  voids    integer not null,
  aborted  integer not null,
  uses     integer not null,
  touched  integer not null, -- Unix ms
  primary key (district, id),
  unique (district, number)
) strict, without rowid;

-- The transcripts of draws, line by line.
create table draw_lines (
  district text not null,
  draw     text not null,
  seq      integer not null,
  type     text not null,
  at       integer not null, -- Unix s
  head     text not null, -- hex of what the next record names
  signers  text not null, -- joined by commas
  line     blob not null, -- without its line feed
  primary key (district, draw, seq)
) strict, without rowid;

-- What seal holders gave, sealed: the transcript shows it at the release.
create table draw_elements (
  district text not null,
  draw     text not null,
  use_no   integer not null,
  holder   integer not null,
  sealed   blob not null,
  primary key (district, draw, use_no, holder)
) strict, without rowid;

-- Keys of parties, sealed under a passphrase only they know.
create table draw_keys (
  district text not null,
  person   text not null,
  public   blob not null,
  params   text not null, -- how the passphrase is stretched
  sealed   blob not null,
  at       integer not null, -- Unix ms
  primary key (district, person)
) strict, without rowid;

-- +goose Down
drop table draw_keys;
drop table draw_elements;
drop table draw_lines;
drop table draws;
