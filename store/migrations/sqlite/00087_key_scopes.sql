-- +goose Up
-- What a key is for. Keys made before could do everything and go on doing so: theirs
-- is null, so that what the ledger says of them still fits.
alter table api_keys add column scope text;

-- +goose Down
alter table api_keys drop column scope;
