package effects

import (
	"quanxiang/policy/express"
	"quanxiang/policy/procedure"
	"quanxiang/policy/procedure/judging"
	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// judge checks the fields by which the rule files are asked. The benefits are checked
// with the rule files.
func (l *linker) judge(at source.Node, p *procedure.Procedure, a *procedure.Action, j *judging.Judge) {
	l.typed(at.Field("subject"), p, j.Subject, procedure.TextField, procedure.SubjectField)
	if (j.Register == "") != (j.Entry == "") {
		l.add(at, "register 与 entry 应一起写", "register and entry go together")
	} else if j.Register != "" {
		l.register(at.Field("register"), j.Register)
		l.typed(at.Field("entry"), p, j.Entry, procedure.TextField, procedure.SubjectField)
	}
	if _, ok := p.Field(j.Field); !ok {
		l.typed(at.Field("field"), p, j.Field)
	}
	if len(a.Approve) > 0 || a.Together != nil || a.Auto != nil || a.At[0] == procedure.New {
		l.add(at, "judge 不用于开始案件、要人同意、几人同做或自动的动作", "judge is not for actions that begin a case, need consent, are done together or by themselves")
	}
	var vars []guard.Var
	for i := range p.Fields {
		if f := &p.Fields[i]; f.Kind() != 0 {
			vars = append(vars, guard.Var{Name: f.ID, Kind: f.Kind()})
		}
	}
	env, err := guard.NewEnv(vars)
	if err != nil {
		l.add(at, "不能建立表达式的环境：%v", "the expressions have no environment: %v", err)
		return
	}
	tests := make([]*guard.Expr, len(j.Benefits))
	for i, b := range j.Benefits {
		if b.When != "" {
			tests[i] = express.Compile(&l.problems, env, at.Field("benefits").Item(i).Field("when"), b.When, guard.Bool)
		}
	}
	j.Take(tests)
}
