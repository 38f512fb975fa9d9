// Package work finds what a document sets out to do: tasks in tables and in
// numbered text, indicators and projects. Every table and list is weighed
// character by character against what was made of it.
package work
