-- +goose Up
-- What auditors read: looks at protected fields, and one person's logins.
create index ledger_entries_looks on ledger_entries (district, id) where kind = 'field.looked';
create index security_log_person on security_log (district, person, id);

-- +goose Down
drop index security_log_person;
drop index ledger_entries_looks;
