-- +goose Up
-- What lists and counts have of each case, kept together: a step compares with
-- it, and writes what has changed. What was there is completed by the next step.
alter table case_counted rename to case_listed;

-- +goose Down
alter table case_listed rename to case_counted;
