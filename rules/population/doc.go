// Package population keeps what is known of many applicants of one kind in one
// year, as columns, so that support programmes can be computed for all of them at
// once (docs/spec/population.md). A snapshot is one file: chunks of rows, each
// with its columns as narrow as they fit, and an index that says what the columns
// are. The index holds the digest of every chunk, and its own digest is the
// identity of the snapshot: the same identity means the same facts.
//
// A snapshot holds facts, not rules: it is read with any version of them that
// knows its facts. It holds no text of a list's entries, only which of them are
// the same within one applicant, since that is all that rules ask; names of
// persons stay out of it.
//
// The package touches no files: whoever reads a snapshot hands it over as bytes,
// mapped or read, and whoever makes one gives a place to write to.
package population
