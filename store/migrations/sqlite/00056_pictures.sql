-- +goose Up
-- What is known of the pictures among the files of cases. Every picture was made
-- anew when it came (package files/photo).
create table case_pictures (
  district text not null,
  case_id  text not null,
  sha      text not null, -- of the file
  width    integer not null, -- pixels
  height   integer not null,
  thumb    text not null, -- SHA-256 of the same picture made small
  look     text not null, -- what it looks like, 16 hexadecimal digits
  taken    integer not null, -- Unix ms, as the camera said; 0 for not known
  place    text not null, -- latitude,longitude, as the camera said, if the sender agreed; '' for none
  origin   text not null, -- the picture this is a masked copy of, '' for none
  fit      integer not null, -- when somebody found it fit to be shown to everybody, Unix ms; 0 for not yet
  primary key (district, case_id, sha)
) strict, without rowid;

-- +goose Down
drop table case_pictures;
