package storetest

import (
	"database/sql"
	"fmt"
	"strings"

	"quanxiang/store"
)

// partition rebuilds every table as four hash partitions on district, with the
// same columns, indexes and foreign keys.
func partition(dsn string) error {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	var keys []string // statements that put the foreign keys back
	rows, err := db.Query(`
select conrelid::regclass::text, conname, pg_get_constraintdef(oid)
from pg_constraint
where contype = 'f' and connamespace = current_schema()::regnamespace`)
	if err != nil {
		return err
	}
	for rows.Next() {
		var table, name, def string
		if err := rows.Scan(&table, &name, &def); err != nil {
			return err
		}
		keys = append(keys, fmt.Sprintf("alter table %s add constraint %s %s", table, name, def))
	}
	if err := rows.Err(); err != nil {
		return err
	}
	var todo []string
	for _, t := range store.Tables() {
		var b strings.Builder
		fmt.Fprintf(&b, "alter table %s rename to flat;\n", t.Name)
		fmt.Fprintf(&b, "create table %s (like flat including all) partition by hash (district);\n", t.Name)
		for i := range 4 {
			fmt.Fprintf(&b, "create table %s_p%d partition of %[1]s for values with (modulus 4, remainder %[2]d);\n", t.Name, i)
		}
		b.WriteString("drop table flat cascade;\n") // the foreign keys go, and come back below
		todo = append(todo, b.String())
	}
	for _, s := range append(todo, keys...) {
		if _, err := db.Exec(s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}
