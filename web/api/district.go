package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"quanxiang/calendar"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/policy"
)

// Unit is a unit of the district.
type Unit struct {
	ID      string   `json:"id"`
	Name    gov.Text `json:"name"`
	Kind    string   `json:"kind"`
	Parent  string   `json:"parent,omitempty"`
	Aliases []string `json:"aliases,omitempty"`
	Members []string `json:"members,omitempty"`
	Area    string   `json:"area,omitempty"`
}

func unitOf(u policy.Unit) Unit {
	return Unit{u.ID, u.Name, string(u.Kind), u.Parent, u.Aliases, u.Members, u.Area}
}

// unitDuties is a unit with what the documents give it to do.
type unitDuties struct {
	Unit
	Lead        int    `json:"lead"`
	Support     int    `json:"support"`
	Responsible int    `json:"responsible"`
	Duties      []duty `json:"duties"`
}

// duty is an item in which a unit has a part.
type duty struct {
	Document string       `json:"document"`
	Scope    scopeText    `json:"scope"`
	Anchor   string       `json:"anchor"`
	No       string       `json:"no"`
	Text     string       `json:"text"`
	Role     library.Role `json:"role"`
	Through  string       `json:"through,omitempty"`
	Start    gov.Date     `json:"start,omitzero"`
	End      gov.Date     `json:"end,omitzero"`
	Due      string       `json:"due,omitempty"`
}

// area is a place with a code.
type area struct {
	Code   string   `json:"code"`
	Name   gov.Text `json:"name"`
	Level  string   `json:"level"`
	Parent string   `json:"parent,omitempty"`
}

// deadline is a reckoned deadline with the spans that made it.
type deadline struct {
	Start       time.Time       `json:"start"`
	Deadline    time.Time       `json:"deadline"`
	LastDay     gov.Date        `json:"last_day"`
	Provisional bool            `json:"provisional"`
	Spans       []calendar.Span `json:"spans"`
}

func (a *API) districtOperations(h huma.API) {
	operation(a, h, http.MethodGet, "/api/v1/units", "listUnits", "district", a.listUnits)
	operation(a, h, http.MethodGet, "/api/v1/units/{id}", "getUnit", "district", a.getUnit)
	operation(a, h, http.MethodGet, "/api/v1/areas", "listAreas", "district", a.listAreas)
	operation(a, h, http.MethodGet, "/api/v1/deadline", "getDeadline", "calendar", a.getDeadline)
}

func (a *API) listUnits(_ context.Context, in *Paging) (*answer[list[Unit]], error) {
	all := make([]Unit, len(a.Pack.Units))
	for i, u := range a.Pack.Units {
		all[i] = unitOf(u)
	}
	return pieceOf(all, *in)
}

func (a *API) getUnit(ctx context.Context, in *struct {
	ID   string `path:"id" doc:"api.param.unit" example:"fgw"`
	AsOf string `query:"as_of" doc:"api.param.as_of"`
}) (*answer[unitDuties], error) {
	asOf, err := dateOf("as_of", in.AsOf)
	if err != nil {
		return nil, err
	}
	v, err := a.Library.Unit(ctx, in.ID, asOf)
	if err != nil {
		return nil, err
	}
	out := unitDuties{Unit: unitOf(v.Unit), Lead: v.Lead, Support: v.Support, Responsible: v.Responsible, Duties: []duty{}}
	for _, d := range v.Documents {
		for _, i := range d.Items {
			one := duty{Document: d.Slug, Scope: scopeText(i.Scope.String()), Anchor: i.Anchor, No: i.No, Text: i.Text, Role: i.Role, Start: i.Start, End: i.End, Due: i.Due}
			if i.Through != nil {
				one.Through = i.Through.ID
			}
			out.Duties = append(out.Duties, one)
		}
	}
	return &answer[unitDuties]{out}, nil
}

func (a *API) listAreas(_ context.Context, in *Paging) (*answer[list[area]], error) {
	all := make([]area, len(a.Pack.Areas))
	for i, x := range a.Pack.Areas {
		all[i] = area{x.Code, x.Name, string(x.Level), x.Parent}
	}
	return pieceOf(all, *in)
}

func (a *API) getDeadline(ctx context.Context, in *struct {
	Start string `query:"start" required:"true" doc:"api.param.start" example:"2016-09-30"`
	Limit string `query:"limit" required:"true" doc:"api.param.limit_units" example:"3wd-end"`
}) (*answer[deadline], error) {
	limit, err := calendar.ParseLimit(in.Limit)
	if err != nil {
		return nil, gov.Errorf(gov.Invalid, "“%s”不是期限，可写 20wd、4wh、3mo 等", "%q is not a limit; write 20wd, 4wh or 3mo", in.Limit).On("limit").Because(err)
	}
	start, err := instant(in.Start)
	if err != nil {
		return nil, err
	}
	r, err := calendar.Deadline(calendar.Spec{Limit: limit}, calendar.History{Start: start}, a.Calendar(ctx))
	if err != nil {
		return nil, err
	}
	return &answer[deadline]{deadline{r.Start.In(gov.China), r.Deadline.In(gov.China), r.LastDay(), r.Provisional(), r.Spans}}, nil
}

// instant reads a date, which is its first moment in China, or a full
// RFC 3339 time.
func instant(s string) (time.Time, error) {
	if d, err := gov.ParseDate(s); err == nil && !d.IsZero() {
		return d.Time(), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, gov.Errorf(gov.Invalid, "“%s”不是时间，应写作 2016-09-30 或 2016-09-30T17:00:00+08:00",
			"%q is not a time; write 2016-09-30 or 2016-09-30T17:00:00+08:00", s).On("start")
	}
	return t, nil
}
