package visits

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/checklist"
	"quanxiang/cases/docket"
	"quanxiang/draw"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/people"
	"quanxiang/policy"
)

// Proof is what shows that a visit was drawn before anybody could know of it: one
// firm's opening, and the roots the transcript has of its frame.
type Proof struct {
	Department string // whose frame it is, in words; "" for the only one
	Opening    draw.Opening
	Roots      draw.Roots
}

// Proofs hands proofs out once a visit has begun: the ceremony does.
type Proofs interface {
	// Proofs are those of a subject drawn for a plan, by the plan's number and the
	// subject's uid; NotFound where there are none to be shown.
	Proofs(ctx context.Context, plan, uid string) ([]Proof, error)
}

// Badge is what an inspector wears.
type Badge struct {
	Name        string
	Certificate string   // number of the law-enforcement certificate; "" where it is not known
	Unit        string   // id of the unit it is of
	Until       gov.Date // its last day; zero where there is none
}

// Badges tells what inspectors wear.
type Badges interface {
	Badge(ctx context.Context, person gov.ID) (Badge, error)
}

// Deps is what visits stand on. Proofs may be nil: then none are shown.
type Deps struct {
	Docket *docket.Docket
	Pack   func() *policy.Pack
	Badges Badges
	Proofs Proofs
}

// Visits begins visits and shows them to the subject. Its methods may be called by
// any number of goroutines.
type Visits struct{ Deps }

// New makes it.
func New(d Deps) *Visits { return &Visits{d} }

// Drawn is a visit with what the registers say of it: a case begins with that.
type Drawn struct {
	inspections.Visit
	Name   string   // of the subject
	Street string   // code of the area it lies in, "" where it is not known
	Units  []string // ids of the departments, the leading one first
	People []gov.ID // of the team, the leader first
	Items  []checklist.Row
}

// Begin begins the case of a visit under an id, once: doing it again changes nothing.
// The id names the step, so a ceremony that is interrupted may go on.
func (k *Visits) Begin(ctx context.Context, id gov.ID, d Drawn) error {
	procedure := Procedure(k.Pack())
	p, ok := k.Pack().Procedure(procedure)
	if !ok {
		return gov.Errorf(gov.NotFound, "政策包没有规定双随机检查的程序", "the pack names no procedure for inspection by lot")
	}
	if len(d.People) == 0 || len(d.Units) == 0 {
		return gov.Errorf(gov.Invalid, "检查没有检查组或检查部门", "a visit has no team or no department")
	}
	team := make([]string, len(d.People))
	for i, person := range d.People {
		team[i] = person.String()
	}
	seed := cases.Values{
		nameField: d.Name, subjectField: d.Subject, uidField: hex.EncodeToString(d.UID[:]), planField: d.Number, unitField: d.Units[0], unitsField: d.Units,
		teamField: team, leaderField: team[0], fromField: d.First.String(), untilField: d.Last.String(), doorField: gov.NewID(time.UnixMilli(0)).String(),
	}
	if d.Street != "" {
		seed[streetField] = d.Street
	}
	if len(d.Items) > 0 {
		seed[checksField] = checklist.Lines(d.Items)
	}
	_, err := k.Docket.BeginWith(ctx, id, procedure, cases.Input{Action: p.SystemBegin(), Actor: cases.System}, seed)
	return err
}

// Find is the visit of somebody's team that is of the subject with a code, as one
// types or scans it, and can be gone on with on site now. Of a visit that is another
// team's it says no more than of one that does not exist.
func Find(list []casework.Errand, code string) (casework.Errand, error) {
	code = strings.ToUpper(strings.Join(strings.Fields(code), ""))
	i := slices.IndexFunc(list, func(e casework.Errand) bool {
		return e.Under.Procedure.ID == Procedure(e.Under.Pack) && code != "" && strings.EqualFold(e.Text(subjectField), code)
	})
	if i < 0 {
		return casework.Errand{}, gov.Errorf(gov.NotFound, "“%s”不在您今天要检查的对象中。请核对代码；不是抽中的对象，不能检查。", "%q is not among those you are to inspect. Check the code; who was not drawn is not inspected.", code)
	}
	return list[i], nil
}

// Seen is a visit as its subject sees it at the door.
type Seen struct {
	ID      gov.ID
	Version int64
	Number  string
	Plan    string
	Name    string
	State   gov.Text
	Arrived int64 // Unix ms
	Units   []string
	Team    []Badge
	Items   []checklist.Row // without what was found: that is told when it is published
	Remarks string          // what the subject said last
	May     []string        // which of the subject's acts are possible now
	Hears   []gov.Text      // who deals with a complaint
	Public  bool            // what was found is public by now
	Proofs  []Proof
}

// Door is what the link or code shown to the subject says: which visit, and that
// whoever has it was shown it. It is the way to the case's own door field.
func Door(f docket.File) (string, bool) {
	c := f.Case
	door, err := gov.ParseID(c.Values.Text(doorField))
	if err != nil || c.Procedure != Procedure(f.Pack) || c.Done[arrived].Times == 0 {
		return "", false
	}
	return spell(c.ID, door), true
}

// Look shows a visit to whoever has its door. Before the team is there, and to who has
// no door, there is nothing: NotFound.
func (k *Visits) Look(ctx context.Context, token string, now time.Time) (Seen, error) {
	f, actor, err := k.enter(ctx, token, now)
	if err != nil {
		return Seen{}, err
	}
	c := f.Case
	state, _ := f.Procedure.State(c.State)
	s := Seen{ID: c.ID, Version: c.Version, Number: c.Number, Plan: c.Values.Text(planField), Name: c.Values.Text(nameField), State: state.Name, Arrived: c.Done[arrived].Last,
		Units: c.Values.List(unitsField), Remarks: c.Values.Text(remarksField)}
	s.Public = f.Procedure.Published(c.State)
	if a, ok := f.Procedure.Action(ComplainAction); ok {
		for _, id := range a.Notify {
			if p, ok := f.Procedure.Party(id); ok {
				s.Hears = append(s.Hears, p.Name)
			}
		}
	}
	for _, r := range checklist.Rows(c.Values.List(checksField)) {
		r.Answer, r.Remark = "", ""
		s.Items = append(s.Items, r)
	}
	for _, text := range c.Values.List(teamField) {
		person, err := gov.ParseID(text)
		if err != nil {
			return Seen{}, err
		}
		b, err := k.Badges.Badge(ctx, person)
		if err != nil {
			return Seen{}, err
		}
		s.Team = append(s.Team, b)
	}
	for _, o := range cases.Options(f.Procedure, c, actor, f.World) {
		if o.Why == nil {
			s.May = append(s.May, o.Action.ID)
		}
	}
	if k.Proofs != nil {
		if s.Proofs, err = k.Proofs.Proofs(ctx, s.Plan, c.Values.Text(uidField)); err != nil && gov.CodeOf(err) != gov.NotFound {
			return Seen{}, err
		}
	}
	return s, nil
}

// Tell lets the subject say something: action is SayAction or ComplainAction, key
// names the step.
func (k *Visits) Tell(ctx context.Context, token, action, text string, key gov.ID, now time.Time) error {
	f, actor, err := k.enter(ctx, token, now)
	if err != nil {
		return err
	}
	field := remarksField
	if action == ComplainAction {
		field = wrongField
	}
	_, err = k.Docket.Act(ctx, docket.Step{Case: f.Case.ID, Key: key}, cases.Input{Action: action, Values: cases.Values{field: text}, Actor: actor})
	return err
}

var errNoDoor = gov.Errorf(gov.NotFound, "没有这次检查，或者检查人员还没有到场签到。", "There is no such visit, or its inspectors have not checked in yet.")

// enter opens a visit by its door.
func (k *Visits) enter(ctx context.Context, token string, now time.Time) (docket.File, cases.Actor, error) {
	id, ok := parse(token)
	if !ok {
		return docket.File{}, cases.Actor{}, errNoDoor
	}
	f, err := k.Docket.File(ctx, id, now)
	if gov.CodeOf(err) == gov.NotFound {
		return f, cases.Actor{}, errNoDoor
	}
	if err != nil {
		return f, cases.Actor{}, err
	}
	want, open := Door(f)
	if !open || !equal(want, token) {
		return docket.File{}, cases.Actor{}, errNoDoor
	}
	return f, cases.Actor{Kind: gov.PublicActor, Contacts: []string{f.Case.Values.Text(doorField)}}, nil
}

// People tells who a person is.
type People interface {
	Person(ctx context.Context, id gov.ID) (people.Person, error)
}

// Names are badges of which the name alone is known.
type Names struct{ People }

// Badge is the name of a person.
func (n Names) Badge(ctx context.Context, person gov.ID) (Badge, error) {
	p, err := n.Person(ctx, person)
	return Badge{Name: p.Name}, err
}

// Shown is the door of a visit for whoever shows it: NotFound before the team is there.
func (k *Visits) Shown(ctx context.Context, id gov.ID, now time.Time) (token string, err error) {
	f, err := k.Docket.File(ctx, id, now)
	if err != nil {
		return "", err
	}
	token, ok := Door(f)
	if !ok {
		return "", errNoDoor
	}
	return token, nil
}
