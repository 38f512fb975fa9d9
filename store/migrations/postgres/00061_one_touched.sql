-- +goose Up
-- Cases by when they changed are read with case_rows_touched alone.
drop index case_rows_changed;

-- +goose Down
create index case_rows_changed on case_rows (district, procedure, touched);
