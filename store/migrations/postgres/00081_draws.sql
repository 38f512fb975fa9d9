-- +goose Up
-- Public draws as they are held: what was arranged, what waits, how far each has come.
create table draws (
  district text collate "C" not null,
  id       text collate "C" not null, -- of the plan
  number   text collate "C" not null, -- of the plan, for people
  version  bigint not null,
  state    bytea not null, -- JSON, package ceremony
  records  bigint not null, -- lines of the transcript
  head     text collate "C" not null, -- hex
  stage    text collate "C" not null,
  attempt  bigint not null,
  voids    bigint not null,
  aborted  bigint not null,
  uses     bigint not null,
  touched  bigint not null, -- Unix ms
  primary key (district, id),
  unique (district, number)
);

-- The transcripts of draws, line by line.
create table draw_lines (
  district text collate "C" not null,
  draw     text collate "C" not null,
  seq      bigint not null,
  type     text collate "C" not null,
  at       bigint not null, -- Unix s
  head     text collate "C" not null, -- hex of what the next record names
  signers  text collate "C" not null, -- joined by commas
  line     bytea not null, -- without its line feed
  primary key (district, draw, seq)
);

-- What seal holders gave, sealed: the transcript shows it at the release.
create table draw_elements (
  district text collate "C" not null,
  draw     text collate "C" not null,
  use_no   bigint not null,
  holder   bigint not null,
  sealed   bytea not null,
  primary key (district, draw, use_no, holder)
);

-- Keys of parties, sealed under a passphrase only they know.
create table draw_keys (
  district text collate "C" not null,
  person   text collate "C" not null,
  public   bytea not null,
  params   text collate "C" not null, -- how the passphrase is stretched
  sealed   bytea not null,
  at       bigint not null, -- Unix ms
  primary key (district, person)
);

-- +goose Down
drop table draw_keys;
drop table draw_elements;
drop table draw_lines;
drop table draws;
