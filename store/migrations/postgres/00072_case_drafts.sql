-- +goose Up
-- The files of cases that were sent lately: nothing may name them yet. Those that
-- nothing named in time are deleted.
create table case_drafts (
  district text collate "C" not null,
  case_id  text collate "C" not null,
  sha      text collate "C" not null, -- of the file
  at       bigint not null, -- when it was sent last, Unix ms
  primary key (district, case_id, sha)
);
create index case_drafts_at on case_drafts (district, at);
insert into case_drafts (district, case_id, sha, at)
select district, case_id, sha, at
from case_files;

-- What kept files are still referred to is read in the order of their keys.
create index case_files_sha on case_files (district, sha);
create index case_pictures_thumb on case_pictures (district, thumb);

-- +goose Down
drop index case_pictures_thumb;
drop index case_files_sha;
drop table case_drafts;
