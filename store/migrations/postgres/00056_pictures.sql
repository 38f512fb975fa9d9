-- +goose Up
-- What is known of the pictures among the files of cases. Every picture was made
-- anew when it came (package files/photo).
create table case_pictures (
  district text collate "C" not null,
  case_id  text collate "C" not null,
  sha      text collate "C" not null, -- of the file
  width    bigint not null, -- pixels
  height   bigint not null,
  thumb    text collate "C" not null, -- SHA-256 of the same picture made small
  look     text collate "C" not null, -- what it looks like, 16 hexadecimal digits
  taken    bigint not null, -- Unix ms, as the camera said; 0 for not known
  place    text collate "C" not null, -- latitude,longitude, as the camera said, if the sender agreed; '' for none
  origin   text collate "C" not null, -- the picture this is a masked copy of, '' for none
  fit      bigint not null, -- when somebody found it fit to be shown to everybody, Unix ms; 0 for not yet
  primary key (district, case_id, sha)
);

-- +goose Down
drop table case_pictures;
