// Package gazette reads the text of an official gazette, as it comes out of a
// PDF, into documents with their metadata, structure, tasks, indicators and
// projects. It is pure: bytes and a Lexicon in, a Gazette out; no clock, store,
// network or log. It knows the forms of Chinese official documents (GB/T 9704)
// and takes everything particular to a district from the Lexicon.
//
// Other rooms use this package alone. Its own folders hold the steps in the
// order of a reading: paper (bytes to lines), roster and due (names and dates in
// print), table (cells out of flattened print), work (tasks, indicators,
// projects); here are the documents, their structure and their terms.
package gazette
