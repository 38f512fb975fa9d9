-- +goose Up
-- Lists of records in force, the latest first, are read in their order.
create index register_records_listed on register_records (district, register, kind, happened desc, unit, key) where withdrawn = 0;

-- +goose Down
drop index register_records_listed;
