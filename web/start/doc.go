// Package start is the first page of a demonstration: who the invented people
// are, and how to log in as one of them. It hands out passwords and codes, so it
// is mounted only when the program was told to serve a demonstration.
package start
