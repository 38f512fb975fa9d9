package policy

import (
	"maps"
	"slices"

	"quanxiang/policy/applying"
	"quanxiang/policy/codes"
	"quanxiang/policy/effects"
	"quanxiang/policy/inspection"
	"quanxiang/policy/procedure"
	"quanxiang/policy/register"
	"quanxiang/policy/source"
)

// checkLists follows what the code lists refer to.
func (c *checker) checkLists() {
	if c.broken {
		return // what they refer to may be in the file that could not be read
	}
	problems, warnings := codes.Link(valuesOf(c.lists), codes.Names{Units: slices.Sorted(maps.Keys(c.unitAt)), Levels: values(AreaLevels())})
	c.problems, c.warnings = append(c.problems, problems...), append(c.warnings, warnings...)
}

// checkProcedures compiles the procedures, each by itself and then as they
// refer to one another.
func (c *checker) checkProcedures() {
	names := procedure.Names{Units: slices.Sorted(maps.Keys(c.unitAt)), Levels: values(AreaLevels()), Lists: map[string]*codes.List{}}
	for _, l := range c.lists {
		names.Lists[l.value.ID] = l.value
	}
	for _, r := range c.roles {
		names.Roles = append(names.Roles, r.value.ID)
	}
	fine := true
	var files []source.Node
	for _, e := range c.procedures {
		problems, warnings := procedure.Compile(e.value, e.at, names)
		c.problems = append(c.problems, problems...)
		c.warnings = append(c.warnings, warnings...)
		files = append(files, e.at)
		fine = fine && len(problems) == 0
	}
	if fine {
		problems, warnings := procedure.Link(valuesOf(c.procedures), files)
		c.problems, c.warnings = append(c.problems, problems...), append(c.warnings, warnings...)
	}
}

// checkRegisters compiles the registers.
func (c *checker) checkRegisters() {
	if c.broken {
		return // what they refer to may be in the file that could not be read
	}
	names := register.Names{Units: slices.Sorted(maps.Keys(c.unitAt)), Lists: map[string]*codes.List{}, Procedures: map[string]*procedure.Procedure{}}
	for _, l := range c.lists {
		names.Lists[l.value.ID] = l.value
	}
	for _, p := range c.procedures {
		names.Procedures[p.value.ID] = p.value
	}
	for _, e := range c.registers {
		problems, warnings := register.Compile(e.value, e.at, names)
		c.problems, c.warnings = append(c.problems, problems...), append(c.warnings, warnings...)
	}
	if len(c.problems) == 0 { // what could not be compiled cannot be linked
		c.problems = effects.Link(filesOf(c.procedures), filesOf(c.registers), effects.Names{Levels: values(AreaLevels()), Units: names.Units})
	}
}

// filesOf are parts of a pack with their places.
func filesOf[T any](list []entry[T]) []effects.File[T] {
	out := make([]effects.File[T], len(list))
	for i, e := range list {
		out[i] = effects.File[T]{Value: e.value, At: e.at}
	}
	return out
}

// checkInspections compiles what was decided about double-random inspection.
func (c *checker) checkInspections() {
	if c.inspection.value == nil || c.broken || len(c.problems) > 0 {
		return // what it refers to may be what is wrong
	}
	names := inspection.Names{Units: slices.Sorted(maps.Keys(c.unitAt)), Procedures: map[string]*procedure.Procedure{}, Registers: map[string]*register.Register{}}
	for _, p := range c.procedures {
		names.Procedures[p.value.ID] = p.value
	}
	for _, r := range c.registers {
		names.Registers[r.value.ID] = r.value
	}
	problems, warnings := inspection.Compile(c.inspection.value, c.inspection.at, names)
	c.problems, c.warnings = append(c.problems, problems...), append(c.warnings, warnings...)
}

// checkApplications compiles what was decided about applications for support.
func (c *checker) checkApplications() {
	if c.broken || len(c.problems) > 0 {
		return // what it refers to may be what is wrong
	}
	for _, p := range c.procedures {
		c.problems = append(c.problems, applying.Acting(p.value, p.at, c.applying.value)...)
	}
	if c.applying.value == nil {
		return
	}
	names := applying.Names{Units: slices.Sorted(maps.Keys(c.unitAt)), Procedures: map[string]*procedure.Procedure{}, Registers: map[string]*register.Register{}, Program: c.rules}
	for _, p := range c.procedures {
		names.Procedures[p.value.ID] = p.value
	}
	for _, r := range c.registers {
		names.Registers[r.value.ID] = r.value
	}
	c.problems = append(c.problems, applying.Compile(c.applying.value, c.applying.at, names)...)
}
