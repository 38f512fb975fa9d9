// Package diagram draws a procedure: its states from top to bottom in the order
// a case can come to them, those that end it last, and its actions as arrows
// that bear their names. The picture is made of the file alone, so it is never
// out of date, and the same file always gives the same bytes.
//
// The layout leaves nothing to chance. States stand in one column. An action
// that leads to the next state goes straight down; one that leads further goes
// round on the right, one that leads back on the left, each into a lane that
// ends in one state only; what stays is a loop at the side. Labels stand beside
// the box they leave, where no lane runs, so that no label meets another, a box
// or a lane. It is plain SVG with classes: no script, no style attribute, no
// reference to anything outside.
package diagram
