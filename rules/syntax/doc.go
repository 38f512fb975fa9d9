// Package syntax reads the rule files of support programmes
// (docs/spec/rules.md): words and numbers with their places, lines with the
// lines indented below them, statements. A line that cannot be read is
// reported and the next one read, so that an author sees all mistakes at once.
// Format writes a file as it should look and keeps its comments.
package syntax
