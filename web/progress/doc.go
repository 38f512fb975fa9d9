// Package progress is where everybody sees how what the documents promise is
// carried out: by document, one matter after the other, and what happened in
// each. It shows what package casework shows the public and nothing else.
package progress
