package record

import (
	"quanxiang/draw/design"
	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
	"quanxiang/draw/outside"
)

// Version names the protocol in every plan.
const Version = "SSJ1"

// Plan is the body of a plan record: everything that is fixed before anybody
// can know who will be drawn.
type Plan struct {
	V          string      `json:"v"`
	Suite      lot.Suite   `json:"suite"`
	ID         string      `json:"plan"`
	Attempt    int         `json:"attempt"` // from 1
	Authority  Party       `json:"authority"`
	Platform   Party       `json:"platform"`
	Witnesses  []Party     `json:"witnesses"`
	MinReveals int         `json:"minReveals"`
	Seals      []Seal      `json:"seals"`
	Auditors   []Party     `json:"auditors"`
	Mode       string      `json:"mode"` // ModeOpen or ModeAttested
	Basis      []string    `json:"basis"`
	MinStratum int64       `json:"minStratum"`
	Times      []Times     `json:"times"` // by attempt
	Outside    []Source    `json:"outside"`
	Due        Due         `json:"due"`
	Team       Team        `json:"team"`
	Inspectors frame.Root  `json:"inspectors"`
	Conflicts  frame.Root  `json:"conflicts"`
	Frames     []FramePlan `json:"frames"`
	Verifier   lot.Hash    `json:"verifier"`
}

// The modes of disclosure.
const (
	ModeOpen     = "open"     // anyone recomputes everything after the release
	ModeAttested = "attested" // two auditors do, who hold the sealed file
)

// Party is somebody who signs.
type Party struct {
	Name string   `json:"name"`
	Key  [32]byte `json:"key"` // Ed25519
}

// Seal is a holder of a chain of secrets.
type Seal struct {
	Name   string   `json:"name"`
	Key    [32]byte `json:"key"`
	Anchor lot.Hash `json:"anchor"`
	Length uint32   `json:"length"` // steps from the holder's secret to the anchor
}

// Times are the instants of an attempt, in Unix seconds.
type Times struct {
	T1     int64     `json:"t1"` // commitments close
	T2     int64     `json:"t2"` // reveals are due
	T3     int64     `json:"t3"` // the outside values appear
	T4     int64     `json:"t4"` // the draw is logged
	T5     int64     `json:"t5"` // it is released
	Window [2]string `json:"window"`
	Days   []Day     `json:"days"`
}

// Day is a day of a plan that draws day by day.
type Day struct {
	Date string `json:"date"`
	By   int64  `json:"by"` // when its draw is logged at the latest
}

// Source is an outside source with its round and date for each attempt.
type Source struct {
	Source outside.Source `json:"source"`
	Rounds []int64        `json:"rounds"`
	Dates  []string       `json:"dates"`
}

// Due are deadlines in seconds.
type Due struct {
	Release int64 `json:"release"` // after T5
	Result  int64 `json:"result"`  // after the visit
	Publish int64 `json:"publish"` // after the result
}

// Team says who inspects together.
type Team struct {
	Size   int    `json:"size"`
	Area   string `json:"area"`
	Recent int64  `json:"recent"` // visits back for which a pair is a conflict
}

// The area rules.
const (
	AreaAny         = "any"
	AreaOtherStreet = "other-street" // 所所交叉
	AreaDistrict    = "district"
)

// Flags of inspectors.
const (
	FlagDistrict = 1 // works for the district, not a street
	FlagExpert   = 2 // in no slot of a team
)

// FramePlan is what one department draws from.
type FramePlan struct {
	Dept     uint32     `json:"dept"`
	Name     string     `json:"name"`
	Items    []string   `json:"items"`
	Filter   string     `json:"filter"`
	Date     string     `json:"date"` // of the data
	Registry frame.Root `json:"registry"`
	Frame    frame.Root `json:"frame"`
	Exempt   frame.Root `json:"exempt"`
	Strata   []Stratum  `json:"strata"`
}

// Stratum is what is drawn together.
type Stratum struct {
	ID     uint32        `json:"id"`
	Name   string        `json:"name"`
	Kind   string        `json:"kind"` // KindRandom or KindSpecial
	Size   int64         `json:"size"`
	Design design.Design `json:"design"`
	Count  *int64        `json:"count"`
	PPM    *int64        `json:"ppm"`
	Days   *[]int64      `json:"days"`
}

// The kinds of strata.
const (
	KindRandom  = "random"
	KindSpecial = "special" // 个案、专项: too few to call it random
)

// Quota is how many are drawn of a stratum of a fixed number.
func (s *Stratum) Quota() int64 {
	if s.Count != nil {
		return *s.Count
	}
	if s.PPM == nil {
		return 0
	}
	return design.Quota(s.Size, *s.PPM)
}

// Fixed reports whether the design draws a fixed number.
func (s *Stratum) Fixed() bool {
	return s.Design == design.SRS || s.Design == design.Balls || s.Design == design.Pareto
}

// Now are the times of the plan's attempt.
func (p *Plan) Now() *Times { return &p.Times[p.Attempt-1] }

// Key is the key of a signer: "platform", "witness-0" and so on.
func (p *Plan) Key(by string) (key [32]byte, ok bool) {
	switch by {
	case "authority":
		return p.Authority.Key, true
	case "platform":
		return p.Platform.Key, true
	}
	for i := range p.Witnesses {
		if by == Witness(i) {
			return p.Witnesses[i].Key, true
		}
	}
	for i := range p.Seals {
		if by == SealHolder(i) {
			return p.Seals[i].Key, true
		}
	}
	for i := range p.Auditors {
		if by == Auditor(i) {
			return p.Auditors[i].Key, true
		}
	}
	return key, false
}
