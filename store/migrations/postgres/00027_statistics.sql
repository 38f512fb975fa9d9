-- +goose Up
-- What ended when.
alter table case_rows alter column procedure type text collate "C";
create index case_rows_ended on case_rows (district, procedure, ended, id) where ended > 0;

-- +goose Down
drop index case_rows_ended;
alter table case_rows alter column procedure type text collate "default";
