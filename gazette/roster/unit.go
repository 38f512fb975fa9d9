package roster

// UnitRef is a unit as understood: its canonical name, and the printed words
// where they differ. Scope is what the print restricts it to ("流通领域").
type UnitRef struct {
	Name       string `json:"name"`
	Raw        string `json:"raw,omitempty"`
	Scope      string `json:"scope,omitempty"`
	Unresolved bool   `json:"unresolved,omitempty"` // no unit of the pack has this name; kept verbatim for a human
}

// Unit is a unit the print may name.
type Unit struct {
	Name    string   // canonical short name: 区发展改革委
	Aliases []string // other spellings: 区发改委, full name
	Group   bool     // stands for several units: 各街道
}
