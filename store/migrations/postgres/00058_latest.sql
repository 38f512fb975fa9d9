-- +goose Up
-- The cases of a procedure that changed last: feeds.
alter table case_rows alter column state type text collate "C"; -- keys do not sort by the server's language
create index case_rows_touched on case_rows (district, procedure, state, touched, id);

-- +goose Down
drop index case_rows_touched;
alter table case_rows alter column state type text collate "default";
