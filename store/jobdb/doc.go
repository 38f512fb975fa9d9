// Package jobdb keeps jobs, package jobs, and lets transactions ask for them.
package jobdb
