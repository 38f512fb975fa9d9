// Package plain computes what rule files say word by word, from the lines as
// they were read and with fractions that are never rounded but where a share
// becomes money. It is slow, explains nothing and knows no ranges: it is there
// so that the compiler and its evaluators have something to agree with that
// shares no step with them, and so that the examples of a pack can be run with
// every number of its rules changed.
package plain
