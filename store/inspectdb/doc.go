// Package inspectdb keeps proposals and plans of inspections, what frozen plans draw
// from, and the visits that are remembered; see package inspections.
package inspectdb
