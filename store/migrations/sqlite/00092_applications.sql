-- +goose Up
-- What organisations state in applications for support, beside the case of each.
create table applications (
  district text not null,
  id       text not null, -- of the case
  version  integer not null, -- the newest
  code     text not null, -- unified social credit code of the organisation
  year     integer not null,
  touched  integer not null, -- Unix ms
  primary key (district, id)
) strict, without rowid;

create index applications_of on applications (district, code, id desc);

-- Every version of what was stated: who changed what, when and why.
create table application_versions (
  district    text not null,
  application text not null,
  version     integer not null,
  at          integer not null, -- Unix ms
  act         text not null,
  person      text not null, -- of the staff, '' for the applicant
  fact        text not null, -- that was corrected, '' for none
  body        blob not null, -- sealed JSON: the claim and the reason
  primary key (district, application, version)
) strict, without rowid;

-- +goose Down
drop table application_versions;
drop table applications;
