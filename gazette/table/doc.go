// Package table puts a printed table back together: a PDF gives its cells one
// after the other, line by line, without a grid. It knows layouts by the heads
// of their columns and returns rows of cells; what the cells mean for the
// district is read in package work.
package table
