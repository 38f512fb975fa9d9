// Package eval computes programs of rule files for one applicant: closures over
// the nodes of the program, each value a range that is a single number when
// everything it needs is known, each cited node a step of the explanation. A
// fact that is missing is unknown, never zero: what rests on it is a range, and
// the result says what is needed. The answer depends on program, facts and
// earlier payments alone.
package eval
