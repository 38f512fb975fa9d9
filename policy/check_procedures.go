package policy

import (
	"maps"
	"slices"

	"quanxiang/policy/procedure"
	"quanxiang/policy/source"
)

// checkProcedures compiles the procedures, each by itself and then as they
// refer to one another.
func (c *checker) checkProcedures() {
	names := procedure.Names{Units: slices.Sorted(maps.Keys(c.unitAt))}
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
