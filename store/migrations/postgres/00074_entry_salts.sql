-- +goose Up
-- The salts of an entry's own commitments stand beside it. Those of entries from
-- before stay in ledger_salts, where those of sealed facts are.
alter table ledger_entries add column actor_salt bytea; -- null once erased
alter table ledger_entries add column rows_salt bytea;

-- +goose Down
insert into ledger_salts (district, entry, name, salt)
select district, id, 'actor', actor_salt
from ledger_entries
where actor_salt is not null;
insert into ledger_salts (district, entry, name, salt)
select district, id, '.rows', rows_salt
from ledger_entries
where rows_salt is not null;
alter table ledger_entries drop column rows_salt;
alter table ledger_entries drop column actor_salt;
