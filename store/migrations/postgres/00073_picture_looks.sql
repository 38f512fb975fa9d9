-- +goose Up
-- Pictures that look the same share a quarter of their look.
create index case_pictures_look_1 on case_pictures (district, substr(look, 1, 4));
create index case_pictures_look_2 on case_pictures (district, substr(look, 5, 4));
create index case_pictures_look_3 on case_pictures (district, substr(look, 9, 4));
create index case_pictures_look_4 on case_pictures (district, substr(look, 13, 4));

-- +goose Down
drop index case_pictures_look_4;
drop index case_pictures_look_3;
drop index case_pictures_look_2;
drop index case_pictures_look_1;
