package scenario

import (
	"regexp"
	"strings"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/entered"
	"quanxiang/gov"
)

// File is a file of scenarios: procedures/NAME.test.yaml.
type File struct {
	People    []Player   `yaml:"people" pack:"required"`
	Scenarios []Scenario `yaml:"scenarios" pack:"required"`
}

// Player is an invented person.
type Player struct {
	ID      string   `yaml:"id" pack:"required"`
	Seats   []Seat   `yaml:"seats"`   // "fgw clerk", "qzf - head", "fgw clerk for li"
	Contact string   `yaml:"contact"` // the reference of the contact that is theirs
	Auditor bool     `yaml:"auditor"`
	_       struct{} // fields are named
}

// Seat is a post as scenarios write it: unit, role and post, "-" for none, behind
// it "in AREA" for one that is for an area of the unit's, and "for PERSON" for a
// deputy.
type Seat cases.Seat

// UnmarshalText reads the written form.
func (s *Seat) UnmarshalText(b []byte) error {
	words := strings.Fields(string(b))
	if n := len(words); n > 2 && words[n-2] == "for" {
		s.For, words = words[n-1], words[:n-2]
	}
	if n := len(words); n > 2 && words[n-2] == "in" {
		s.Area, words = words[n-1], words[:n-2]
	}
	if len(words) < 2 || len(words) > 3 {
		return gov.Errorf(gov.Invalid, "“%s”应写作“单位 角色 [职务] [in 区域] [for 某人]”", "%q should read: unit role [post] [in area] [for person]", b)
	}
	for i, into := range []*string{&s.Unit, &s.Role, &s.Post}[:len(words)] {
		if words[i] != "-" {
			*into = words[i]
		}
	}
	return nil
}

// Scenario is one story.
type Scenario struct {
	Name  string          `yaml:"name" pack:"required"`
	Seed  map[string]Raw  `yaml:"seed"` // what a parent or a series gives the case
	Steps []Step          `yaml:"steps" pack:"required"`
	Past  []Decided       `yaml:"past"`     // what was decided before in cases like it, the last decision first
	Kids  map[string]Kids `yaml:"children"` // how many sub-cases there are when the story begins
}

// Decided is what was decided in cases like the one of a story, so many times.
type Decided struct {
	Precedent string `yaml:"precedent" pack:"required"`
	Value     Raw    `yaml:"value" pack:"required"`
	Times     int    `yaml:"times"`   // 0 means once
	Against   string `yaml:"against"` // the action that took it back each time
}

// Kids counts sub-cases of a kind.
type Kids struct {
	Total int64 `yaml:"total"`
	Done  int64 `yaml:"done"`
	Void  int64 `yaml:"void"`
}

// Step is one thing that happens, and what is then.
type Step struct {
	At       Moment          `yaml:"at" pack:"required"`
	As       string          `yaml:"as"`    // a player, or nobody: time passes, or the system acts
	Do       string          `yaml:"do"`    // an action
	With     map[string]Raw  `yaml:"with"`  // its fields
	Note     string          `yaml:"note"`  // its remark
	Agree    string          `yaml:"agree"` // the action whose request is agreed to or joined
	Refuse   string          `yaml:"refuse"`
	Comment  string          `yaml:"comment"`
	Children map[string]Kids `yaml:"children"` // how many sub-cases there are from here on
	Fails    Pattern         `yaml:"fails"`    // the step must be refused, for a reason that matches
	Expect   Expect          `yaml:"expect"`
}

// Expect is what must be after a step. What is left out is not looked at.
type Expect struct {
	State    string                         `yaml:"state"`
	Colour   string                         `yaml:"colour"`
	Deadline map[string]Moment              `yaml:"deadline"` // by clock: the last moment on time
	Late     []string                       `yaml:"late"`     // exactly these clocks
	Turn     []string                       `yaml:"turn"`     // exactly these players
	May      map[string][]string            `yaml:"may"`      // exactly these actions of each player
	Values   map[string]Raw                 `yaml:"values"`   // "" for no value
	Sees     map[string][]string            `yaml:"sees"`     // exactly these fields of each player; "public" for everybody
	Told     []string                       `yaml:"told"`     // exactly these players, since the step before
	Opens    map[string]int                 `yaml:"opens"`    // sub-cases begun by the step, by kind
	Suggests map[string]map[string][]string `yaml:"suggests"` // by action and field: the values suggested
	Letter   string                         `yaml:"letter"`   // made by the step
	Enters   map[string]map[string]Raw      `yaml:"enters"`   // exactly what it writes into registers, by REGISTER/KIND or REGISTER; see written
}

// Raw is any scalar as written.
type Raw string

// UnmarshalText takes it as it is.
func (r *Raw) UnmarshalText(b []byte) error { *r = Raw(b); return nil }

// Moment is an instant in China's time, 2016-09-15 14:30 or the same with
// seconds.
type Moment struct{ time.Time }

// UnmarshalText reads the written form.
func (m *Moment) UnmarshalText(b []byte) error {
	for _, form := range []string{entered.InstantForm, time.DateTime} {
		if t, err := time.ParseInLocation(form, string(b), gov.China); err == nil {
			m.Time = t
			return nil
		}
	}
	return gov.Errorf(gov.Invalid, "“%s”不是时间，应写作 2016-09-15 14:30", "%q is not a time; write 2016-09-15 14:30", b)
}

// Pattern is a regular expression over the Chinese text of a reason.
type Pattern struct{ *regexp.Regexp }

// UnmarshalText compiles it.
func (p *Pattern) UnmarshalText(b []byte) error {
	re, err := regexp.Compile(string(b))
	if err != nil {
		return gov.Errorf(gov.Invalid, "“%s”不是正则表达式", "%q is no regular expression", b)
	}
	p.Regexp = re
	return nil
}
