// Package calls is the page on which those who answer the telephone and open the
// post take down what is said to them: one form that is filled in by the keyboard
// alone, and beside it, while it is filled in, what else came from the caller, what
// the documents say, which cases are like this one and where the place lies. Which
// procedures have such a page, and how it ends, is for the pack to say
// (procedure.Intake).
//
// Everything works without a script: a button looks for all there is and gives the
// page back with what was typed. The script looks by itself, part by part.
package calls

import (
	"embed"
	"errors"
	"net/http"

	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/residents"
	"quanxiang/web/desk"
	"quanxiang/web/door"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// pattern is the address of the page of a procedure.
var pattern = desk.CallsPath("{procedure}")

// Deps is everything the pages stand on.
type Deps struct {
	Engine   *ui.Engine
	Casework *casework.Casework
	Library  *library.Library
	Register *residents.Register // nil takes no contacts, and there are no pages
	Clock    gov.Clock
}

// Calls answers the pages.
type Calls struct {
	Deps
	page   *ui.Template[view]
	beside *ui.Template[beside]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*Calls, error) {
	k := &Calls{Deps: d}
	return k, errors.Join(ui.LoadInto(d.Engine, templates, &k.page, "call"), ui.LoadInto(d.Engine, templates, &k.beside, "beside"))
}

// Mount adds the routes.
func (k *Calls) Mount(mux *http.ServeMux) {
	if k.Register == nil {
		return
	}
	for route, h := range map[string]func(http.ResponseWriter, *visit) error{
		"GET " + pattern:              k.show,
		"POST " + pattern:             k.send,
		"POST " + pattern + "/beside": k.look,
	} {
		mux.Handle(route, k.Engine.Handle(door.Require(func(w http.ResponseWriter, r *http.Request) error {
			v := &visit{Request: r, Standing: who.Of(r.Context()).Standing, Messages: k.Engine.For(r)}
			if err := k.find(v); err != nil {
				return err
			}
			w.Header().Set("Cache-Control", "no-store")
			return h(w, v)
		})))
	}
}

// visit is a request with what it is about.
type visit struct {
	*http.Request
	people.Standing
	*ui.Messages
	under docket.Under
	ways  []*procedure.Action // how the page may end for the visitor
	asks  *procedure.Action   // all the ways ask for, each field once
}

func (v *visit) path() string { return desk.CallsPath(v.under.Procedure.ID) }

// ways are the actions of the page of a procedure that somebody may do.
func ways(work *casework.Casework, p *procedure.Procedure, s people.Standing) (list []*procedure.Action) {
	if p.Intake == nil {
		return nil
	}
	starts := work.Starts(s)
	for _, id := range p.Intake.Actions {
		for _, start := range starts {
			if start.Procedure.ID == p.ID && start.Action.ID == id {
				list = append(list, start.Action)
			}
		}
	}
	return list
}

// find finds the procedure an address names and what the visitor may do there.
func (k *Calls) find(v *visit) error {
	pack := k.Casework.Pack()
	p, ok := pack.Procedure(v.PathValue("procedure"))
	if !ok || p.Intake == nil {
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	if v.Kind != gov.StaffActor {
		return people.Can(v.Standing, policy.ReadCases, people.Object{})
	}
	v.under = docket.Under{Pack: pack, Procedure: p}
	if v.ways = ways(k.Casework, p, v.Standing); len(v.ways) == 0 {
		return gov.Errorf(gov.Forbidden, "您的角色不能在这里登记。", "Your roles do not let you take anything down here.")
	}
	v.asks = &procedure.Action{}
	seen := map[string]int{}
	for _, a := range v.ways {
		for _, ask := range a.Asks {
			if _, there := seen[ask.Field]; !there {
				seen[ask.Field] = len(v.asks.Asks)
				v.asks.Asks = append(v.asks.Asks, procedure.Ask{Field: ask.Field})
			}
		}
	}
	return nil
}
