// Package inbox shows the staff what they were told of cases, package notices,
// and lets them choose what they are told by mail besides.
package inbox
