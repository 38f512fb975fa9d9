-- +goose Up
-- The cases of a procedure that changed last: feeds.
create index case_rows_touched on case_rows (district, procedure, state, touched, id);

-- +goose Down
drop index case_rows_touched;
