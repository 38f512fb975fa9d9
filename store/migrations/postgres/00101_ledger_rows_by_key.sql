-- +goose Up
-- What an act leaves of a case, its event and its notes has keys that begin alike:
-- by key they are written side by side, by table far from each other.
alter table ledger_rows drop constraint ledger_rows_pkey;
alter table ledger_rows add primary key (district, key, tbl, version);

-- +goose Down
alter table ledger_rows drop constraint ledger_rows_pkey;
alter table ledger_rows add primary key (district, tbl, key, version);
