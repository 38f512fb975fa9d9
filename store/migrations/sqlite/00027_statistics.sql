-- +goose Up
-- What ended when.
create index case_rows_ended on case_rows (district, procedure, ended, id) where ended > 0;

-- +goose Down
drop index case_rows_ended;
