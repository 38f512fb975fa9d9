// Package inspections is the double-random inspection of a district (双随机):
// which items a department may inspect, who inspects, what is planned, what a
// draw is made from, and what becomes of each visit.
//
// The draw itself is package draw, which anyone can verify; a visit is a case of
// the pack's procedure; subjects, items and inspectors are registers. This room
// ties them to each other: it turns registers into what is frozen, and lots into
// visits (西政办发〔2016〕15号 二（一）, 四（一）, 四（二）, 四（四）).
package inspections
