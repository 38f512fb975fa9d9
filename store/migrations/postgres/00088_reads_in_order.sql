-- +goose Up
-- Records about a subject are read newest first: with the rows in that order already,
-- no planner reads the whole register instead. Who holds a role is found in the index.
drop index register_records_subject;
create index register_records_subject on register_records (district, register, subject, happened, kind, unit, key, until, withdrawn);
drop index assignments_person;
create index assignments_person on assignments (district, person, role);

-- +goose Down
drop index assignments_person;
create index assignments_person on assignments (district, person);
drop index register_records_subject;
create index register_records_subject on register_records (district, register, subject, happened, kind, until, withdrawn);
