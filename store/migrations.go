package store

import (
	"embed"
	"io/fs"
)

//go:embed migrations
var embedded embed.FS

// migrations has a folder for each engine.
func migrations() fs.FS {
	dir, err := fs.Sub(embedded, "migrations")
	if err != nil {
		panic("store: embedded migrations: " + err.Error())
	}
	return dir
}

// MigrationNames lists an engine's migrations in their order.
func MigrationNames(e Engine) []string {
	entries, err := fs.ReadDir(migrations(), string(e))
	if err != nil {
		panic("store: embedded migrations: " + err.Error())
	}
	names := make([]string, len(entries))
	for i, f := range entries { // sorted by ReadDir
		names[i] = f.Name()
	}
	return names
}

// MigrationText is the text of one of an engine's migrations.
func MigrationText(e Engine, name string) string {
	b, err := fs.ReadFile(migrations(), string(e)+"/"+name)
	if err != nil {
		panic("store: embedded migrations: " + err.Error())
	}
	return string(b)
}
