package inspection

import (
	"quanxiang/draw/design"
	"quanxiang/draw/record"
)

// Design is how a stratum is drawn.
type Design string

// Values lists the designs.
func (Design) Values() []string {
	return []string{string(design.SRS), string(design.Balls), string(design.Pareto), string(design.Poisson), string(design.Census)}
}

// Area is the rule that says from where inspectors come.
type Area string

// Values lists the area rules.
func (Area) Values() []string {
	return []string{record.AreaAny, record.AreaOtherStreet, record.AreaDistrict}
}

// Mode says who may recompute a draw.
type Mode string

// Values lists the modes.
func (Mode) Values() []string { return []string{record.ModeOpen, record.ModeAttested} }

// Suite is the family of hashes of a draw.
type Suite string

// The suites.
const (
	SHA256 Suite = "sha256"
	SM3    Suite = "sm3"
)

// Values lists the suites.
func (Suite) Values() []string { return []string{string(SHA256), string(SM3)} }
