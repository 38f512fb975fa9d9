-- +goose Up
-- What organisations state in applications for support, beside the case of each.
create table applications (
  district text collate "C" not null,
  id       text collate "C" not null, -- of the case
  version  bigint not null, -- the newest
  code     text collate "C" not null, -- unified social credit code of the organisation
  year     bigint not null,
  touched  bigint not null, -- Unix ms
  primary key (district, id)
);

create index applications_of on applications (district, code, id desc);

-- Every version of what was stated: who changed what, when and why.
create table application_versions (
  district    text collate "C" not null,
  application text collate "C" not null,
  version     bigint not null,
  at          bigint not null, -- Unix ms
  act         text collate "C" not null,
  person      text collate "C" not null, -- of the staff, '' for the applicant
  fact        text collate "C" not null, -- that was corrected, '' for none
  body        bytea not null, -- sealed JSON: the claim and the reason
  primary key (district, application, version)
);

-- +goose Down
drop table application_versions;
drop table applications;
