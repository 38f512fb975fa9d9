// Package apply is applications of organisations for support: what an applicant states,
// fact by fact with what proves it and who changed it; what the rules make of it; what a
// decision gave, so that it can be computed again years later, byte for byte; and who may
// act for an organisation.
//
// An application is a case of the pack's procedure. What stands beside the case is the
// claim, which this room keeps; the docket tells the room of each step, and the room
// refuses a step its claim does not bear (西政发〔2016〕16号, 17号, 18号; 26号 of them says
// what an office decides case by case and is not computed). docs/programmes.md says how.
package apply
