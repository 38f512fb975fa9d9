// Package visits is what becomes of a drawn visit: it begins the case of the pack's
// procedure, finds the visit of an inspector by the code of the subject, and lets the
// subject in by the door the inspectors show.
//
// The flow of a visit is the procedure's, which the pack names (inspections.yaml); what
// stands here names its fields and acts. The pack is refused when it lacks one of them
// (docs/spec/inspections.md, section 2; 西政办发〔2016〕15号 四（四）, 四（六）).
package visits

import "quanxiang/policy"

// Procedure is the id of the procedure by which visits run in a pack, "" where nothing is
// drawn for inspection.
func Procedure(p *policy.Pack) string {
	if p.Inspections == nil {
		return ""
	}
	return p.Inspections.Procedure
}

// Its fields that this room fills in or reads.
const (
	nameField    = "subject_name"
	subjectField = "subject"
	uidField     = "uid"
	planField    = "plan"
	streetField  = "street"
	unitField    = "unit"
	unitsField   = "units"
	teamField    = "team"
	leaderField  = "leader"
	fromField    = "from"
	untilField   = "until"
	checksField  = "checks"
	doorField    = "door"
	remarksField = "remarks"
	wrongField   = "complaint"
)

// Its acts that are the subject's.
const (
	SayAction      = "say"
	ComplainAction = "complain"
)

// arrived is the act from which on the subject knows of the visit.
const arrived = "check_in"
