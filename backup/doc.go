// Package backup is the archive format of an installation: the rows of one
// snapshot, the whole files they refer to, and a manifest with the hash of
// everything. docs/adr/0012-backup-archive.md gives the reasons and the layout.
//
// A Writer streams an archive; Open reads one from the first byte to the last
// and hands it out only when all of it is sound, so that nothing is restored
// from half an archive. Neither needs more memory for more rows or files. The
// package knows no table and no database: rows are bytes to it.
package backup
