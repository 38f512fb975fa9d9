// Package columns computes programs of rule files for populations: a table has
// a column for every fact, and a machine goes through it in blocks of rows that
// stay in the cache, one loop for each operation over all rows of a block. The
// amounts are those of package eval to the fen. All facts of a table are known;
// what is not fully known is for package eval, and so is every explanation.
package columns
