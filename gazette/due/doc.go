// Package due reads printed deadlines, periods and recurring duties.
package due
