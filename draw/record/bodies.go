package record

import (
	"strconv"

	"quanxiang/canon"
	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
)

// Type is the type of a record.
type Type string

// The types, in the order in which they first stand in a transcript.
const (
	TypePlan       Type = "plan"
	TypeCommit     Type = "commit"
	TypeClose      Type = "close"
	TypeReveal     Type = "reveal"
	TypeOutside    Type = "outside"
	TypeDraw       Type = "draw"
	TypeAssign     Type = "assign"
	TypeOpen       Type = "open"
	TypeVoid       Type = "void"
	TypeSubstitute Type = "substitute"
	TypeRecuse     Type = "recuse"
	TypeResult     Type = "result"
	TypePublish    Type = "publish"
	TypeRelease    Type = "release"
	TypeAttest     Type = "attest"
)

// Authority and Platform sign by these names; the functions below name the others.
const (
	Authority = "authority"
	Platform  = "platform"
)

// Witness, SealHolder and Auditor name the signer number i.
func Witness(i int) string    { return "witness-" + strconv.Itoa(i) }
func SealHolder(i int) string { return "seal-" + strconv.Itoa(i) }
func Auditor(i int) string    { return "auditor-" + strconv.Itoa(i) }

// Commit is a witness's commitment to its secret.
type Commit struct {
	Plan    lot.Hash `json:"plan"`
	Witness int      `json:"witness"`
	Commit  lot.Hash `json:"commit"`
}

// Close ends the commitments. A witness without one has an empty string.
type Close struct {
	Plan    lot.Hash    `json:"plan"`
	Commits []canon.Hex `json:"commits"`
	Close   lot.Hash    `json:"close"`
}

// Reveal is a witness's secret.
type Reveal struct {
	Plan    lot.Hash `json:"plan"`
	Witness int      `json:"witness"`
	Reveal  lot.Hash `json:"reveal"`
}

// Outside is what an outside source gave.
type Outside struct {
	Plan   lot.Hash `json:"plan"`
	Source int      `json:"source"`
	Round  int64    `json:"round"`
	Value  string   `json:"value"`
}

// Draw binds to who was drawn.
type Draw struct {
	Plan    lot.Hash     `json:"plan"`
	Day     int          `json:"day"`
	Use     uint32       `json:"use"`
	Results []frame.Root `json:"results"`
}

// Assign binds to who goes where.
type Assign struct {
	Plan     lot.Hash     `json:"plan"`
	Day      int          `json:"day"`
	Teams    []frame.Root `json:"teams"`
	Low      int64        `json:"low"`
	Unfilled int64        `json:"unfilled"`
}

// Open says that a visit began and the firm has its proof.
type Open struct {
	Plan lot.Hash `json:"plan"`
	UID  lot.UID  `json:"uid"`
}

// Void takes a subject, or the whole draw, out.
type Void struct {
	Plan     lot.Hash  `json:"plan"`
	Scope    string    `json:"scope"`
	UID      canon.Hex `json:"uid"`
	Reason   string    `json:"reason"`
	Evidence lot.Hash  `json:"evidence"`
	Official lot.UID   `json:"official"`
	Elements []Element `json:"elements"`
}

// The scopes of a void.
const (
	ScopeSubject = "subject"
	ScopeDraw    = "draw"
)

// Element is what the seal holders' chains gave for a use.
type Element struct {
	Use uint32     `json:"use"`
	X   []lot.Hash `json:"x"`
}

// Substitute binds to who is visited in place of a void subject.
type Substitute struct {
	Plan  lot.Hash `json:"plan"`
	Void  int64    `json:"void"`
	Use   uint32   `json:"use"`
	Picks []Pick   `json:"picks"`
}

// Pick is a substitute in a frame, hidden behind its leaves; empty when nobody
// was left.
type Pick struct {
	Frame   int       `json:"frame"`
	Stratum uint32    `json:"stratum"`
	Leaf    canon.Hex `json:"leaf"`
	Team    canon.Hex `json:"team"`
}

// Recuse replaces an inspector in a slot.
type Recuse struct {
	Plan     lot.Hash `json:"plan"`
	Use      uint32   `json:"use"`
	Frame    int      `json:"frame"`
	Visit    int64    `json:"visit"`
	Slot     int      `json:"slot"`
	Reason   string   `json:"reason"`
	Evidence lot.Hash `json:"evidence"`
	Team     lot.Hash `json:"team"`
}

// Result is what came of a visit.
type Result struct {
	Plan     lot.Hash `json:"plan"`
	UID      lot.UID  `json:"uid"`
	Outcome  string   `json:"outcome"`
	Evidence lot.Hash `json:"evidence"`
}

// Publish says where results were made public.
type Publish struct {
	Plan   lot.Hash  `json:"plan"`
	UIDs   []lot.UID `json:"uids"`
	Where  string    `json:"where"`
	Digest lot.Hash  `json:"digest"`
}

// Release shows what was hidden. Which members it has depends on its kind.
type Release struct {
	Plan     lot.Hash     `json:"plan"`
	Kind     string       `json:"kind"`
	Elements *[]Element   `json:"elements"` // of day and open
	Data     *Data        `json:"data"`     // of open
	Digest   *lot.Hash    `json:"digest"`   // of attested
	Drawn    *[][]lot.UID `json:"drawn"`    // of attested
}

// The kinds of a release.
const (
	ReleaseDay      = "day"
	ReleaseOpen     = "open"
	ReleaseAttested = "attested"
)

// Attest is an auditor's word on a sealed file.
type Attest struct {
	Plan    lot.Hash `json:"plan"`
	Auditor int      `json:"auditor"`
	Release lot.Hash `json:"release"`
	Verdict string   `json:"verdict"`
}

// Data is everything a plan's roots stand for.
type Data struct {
	Frames     []FrameData `json:"frames"`
	Inspectors []Inspector `json:"inspectors"`
	Conflicts  frame.Pairs `json:"conflicts"`
}

// FrameData is what one department drew from.
type FrameData struct {
	Subjects frame.Rows `json:"subjects"`
	Exempt   frame.Rows `json:"exempt"`
	Visited  []Visited  `json:"visited"`
}

// Visited are the attributes of a subject, which hold its street.
type Visited struct {
	UID        lot.UID   `json:"uid"`
	Salt       canon.Hex `json:"salt"`
	Attributes canon.Raw `json:"attributes"`
}

// Street is the street among attributes, "" when there is none.
func Street(attributes canon.Raw) string {
	street, _ := canon.Member(attributes, "street")
	return street
}

// Inspector is a row of the tree of inspectors with its attributes.
type Inspector struct {
	UID        lot.UID    `json:"uid"`
	Dept       uint32     `json:"dept"`
	Flags      uint16     `json:"flags"`
	Salt       canon.Hex  `json:"salt"`
	Attributes Attributes `json:"attributes"`
}

// Attributes are what decides whom an inspector may inspect.
type Attributes struct {
	From   string      `json:"from"` // first and last day of the certificate
	To     string      `json:"to"`
	Items  []string    `json:"items"` // qualified for
	Unit   string      `json:"unit"`
	Street string      `json:"street"`
	Leave  [][2]string `json:"leave"`
}

// Sealed is the sealed file of a plan in mode attested.
type Sealed struct {
	Plan     lot.Hash  `json:"plan"`
	Elements []Element `json:"elements"`
	Data     Data      `json:"data"`
}
