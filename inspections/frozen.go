package inspections

import (
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
)

// Frozen is what a draw is made from once nothing of it can be changed any more.
type Frozen struct {
	ID gov.ID // of the plan in this installation

	// Plan lacks only what the parties of the ceremony bring: names, keys and
	// anchors of authority, platform, witnesses, seal holders and auditors, the
	// times, the outside sources and the verifier.
	Plan record.Plan

	// Data is what the plan's roots stand for, without what is only known at the
	// release.
	Data record.Data

	// Attributes gives salt and canonical attributes of a subject of a frame:
	// what its row's attr hides.
	Attributes func(frame int, u lot.UID) (salt, attributes []byte)
}

// Visit is a drawn visit as its case begins: what the pack's procedure of visits
// is told.
type Visit struct {
	Plan    gov.ID
	Number  string   // of the plan, for people
	Subject string   // key in the register of subjects
	UID     lot.UID  // of the subject in the transcript
	Frames  []int    // of the plan, whose departments drew the subject; ascending
	Team    []Member // of all its departments, leaders first in each
	First   gov.Date // the days within which it takes place
	Last    gov.Date
}

// Member is an inspector of a visit.
type Member struct {
	Frame       int
	Slot        int    // 0 leads
	Certificate string // key in the register of inspectors; empty: nobody could be found
}
