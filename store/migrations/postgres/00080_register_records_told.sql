-- +goose Up
-- What is counted about a subject, by the hundred thousand, is read from the index alone.
drop index register_records_subject;
create index register_records_subject on register_records (district, register, subject, happened, kind, until, withdrawn);

-- +goose Down
drop index register_records_subject;
create index register_records_subject on register_records (district, register, subject, happened);
