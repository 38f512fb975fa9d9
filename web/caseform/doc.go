// Package caseform makes the forms of cases from their procedures: the fields an
// action asks for, each with its label, help, bounds and the value it has, and
// what can be chosen from the pack in force. It reads such a form back into what
// casework parses. It draws nothing; web/ui does.
package caseform
