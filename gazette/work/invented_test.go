package work

import (
	"strings"

	"quanxiang/gazette/roster"
	"quanxiang/gazette/table"
)

// inventedReader knows the bodies, tables and labels of a district that does
// not exist.
func inventedReader() *Reader {
	units := []roster.Unit{
		{Name: "各街道", Aliases: []string{"各街道办事处", "各街道办"}, Group: true},
		{Name: "区科技委", Aliases: []string{"区科学技术委员会"}},
		{Name: "区政府办公室", Aliases: []string{"区政府办"}},
		{Name: "区城市建设和管理委"},
		{Name: "东湖街道"}, {Name: "西桥街道"}, {Name: "南门内街道", Aliases: []string{"南内街道"}},
	}
	for _, n := range strings.Fields("区财税局 区教育局 区民生局 区卫健委 区水务局 区商贸委 区助残会 区规划局 区环卫局 区质检局 区旅游局 区档案馆") {
		units = append(units, roster.Unit{Name: n})
	}
	col := func(role table.Role, heads ...string) table.Column { return table.Column{Heads: heads, Role: role} }
	opt := func(c table.Column) table.Column { c.Optional = true; return c }
	layouts := []table.Layout{
		{Kind: table.TaskTable, Columns: []table.Column{col(table.RoleNo, "序号"), col(table.RoleText, "工作任务"), opt(col(table.RoleLead, "牵头单位")),
			opt(col(table.RoleSupport, "配合单位")), opt(col(table.RoleUnits, "责任单位")), opt(col(table.RoleDue, "完成时间"))}},
		{Kind: table.TaskTable, Columns: []table.Column{col(table.RoleNo, "项目"), col(table.RoleItem, "工作描述"), col(table.RoleText, "工作分解"), col(table.RoleLead, "牵头部门"), col(table.RoleSupport, "配合部门")}},
		{Kind: table.IndicatorTable, Columns: []table.Column{col(table.RoleGoal, "目标"), col(table.RoleNo, "序号"), col(table.RoleName, "指标"), col(table.RoleUnit, "单位"),
			col(table.RoleBaseline, "现状值"), col(table.RoleTarget, "YYYY年规划值"), col(table.RoleDefinition, "指标定义"), col(table.RoleUnits, "责任单位"), col(table.RoleComparison, "指标对比")}},
		{Kind: table.ProjectTable, Columns: []table.Column{col(table.RoleNo, "序号"), col(table.RoleType, "类别"), col(table.RoleStreets, "所属街道"), col(table.RoleName, "项目名称"), col(table.RolePlace, "建设地点"),
			col(table.RoleScale, "建设规模"), col(table.RoleInvestment, "总投资"), col(table.RoleStart, "启动时间"), opt(col(table.RoleExpected, "预计进度")), opt(col(table.RoleSource, "项目来源"))}},
	}
	return New(roster.New(units), layouts,
		Labels{Leader: []string{"牵头领导"}, Lead: []string{"主责单位", "牵头单位", "牵头落实单位"}, Support: []string{"配合单位"},
			Units: []string{"公开主责部门"}, Due: []string{"公开时限"}, Location: []string{"公开位置"}},
		Duties{Lead: []string{"牵头", "牵头落实"}, Support: []string{"配合落实"}, Units: []string{"负责落实", "分别落实"}},
		[]string{"重点任务"})
}
