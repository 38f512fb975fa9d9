package demo

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"quanxiang/cases"
	"quanxiang/demo/hints"
	"quanxiang/demo/invented"
	"quanxiang/gov"
	"quanxiang/inspections/invent"
	"quanxiang/inspections/visits"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

// seat is what a person holds: a role in a unit, perhaps by a post or for an area.
type seat struct{ unit, role, post, area string }

// person is somebody of the invented district.
type person struct {
	id       gov.ID
	name     string
	login    string
	seats    []seat // the first says which unit they belong to
	holdings people.Holdings
	absent   people.Period
}

// standing is the person's at an instant, freshly proven.
func (p *person) standing(pack *policy.Pack, at time.Time) people.Standing {
	return people.Staff(p.holdings, pack, at, at)
}

// cast is everybody, in the order they are entered.
type cast struct {
	pack       *policy.Pack
	all        []*person
	seats      map[seat][]*person // by unit and role
	posts      map[string]*person
	beats      map[string]*person // who looks after a community, by its code
	inspectors []*person          // who go on the visits of today
	street     string             // the street office that handles most reports; "" without any
	office     string             // the unit that supervises: where roles of the whole district are held
	units      []string           // others that lead duties, those with most first
}

// newCast decides who there is: whoever a party of the duties can be, everybody
// who holds a post, and one person for every other role. duties are the cases
// that wait to be confirmed, p is their procedure. Inspectors are at least so many.
func newCast(pack *policy.Pack, p *procedure.Procedure, duties []cases.Case, rng *rand.Rand, inspectors int) *cast {
	c := &cast{pack: pack, seats: map[seat][]*person{}, posts: map[string]*person{}}
	n := invented.NewNames(rng)
	add := func(s ...seat) *person {
		who := &person{name: n.Name(len(c.all)), login: fmt.Sprintf("demo%04d", len(c.all)+1), seats: s}
		c.all = append(c.all, who)
		for _, s := range s {
			if s.area == "" {
				c.seats[seat{unit: s.unit, role: s.role}] = append(c.seats[seat{unit: s.unit, role: s.role}], who)
			}
			if s.post != "" {
				c.posts[s.post] = who
			}
		}
		return who
	}
	needed := c.survey(p, duties)
	for _, s := range needed {
		if s.unit == c.office {
			add(s)
			add(s) // what one supervision officer did another one checks
		}
	}
	c.fillPosts(add)
	for _, s := range needed {
		if len(c.seats[s]) == 0 {
			add(s)
		}
	}
	extra := streetSeats(pack)
	if len(extra) > 0 {
		c.street = busiest(pack)
	}
	for i, s := range extra {
		// Of what is listed several times there are so many; what is held already suffices.
		if len(c.seats[s]) == 0 || slices.Contains(extra[:i], s) {
			add(s)
		}
	}
	for _, role := range pack.Roles {
		if slices.ContainsFunc(c.all, func(who *person) bool {
			return slices.ContainsFunc(who.seats, func(s seat) bool { return s.role == role.ID })
		}) {
			continue
		}
		unit := c.office
		if role.Scope == policy.UnitScope && len(c.units) > 0 {
			unit = c.units[0]
		}
		unit = hints.Home(pack, role, invent.Home(pack, role, unit))
		add(seat{unit: unit, role: role.ID})
		if slices.Contains(role.Grants, policy.ManageLogins) {
			add(seat{unit: unit, role: role.ID}) // nobody resets a second factor alone
		}
	}
	c.giveBeats(add)
	for _, s := range hints.Seats(pack) {
		if s := (seat{unit: s.Unit, role: s.Role}); s.role == invent.Inspector || len(c.seats[s]) == 0 {
			add(s)
		}
	}
	if _, ok := pack.Procedure(visits.Procedure(pack)); ok && len(pack.Registers) > 0 {
		one := seat{unit: pack.Registers[0].Writers[0], role: "inspector"}
		c.inspectors = []*person{add(one), add(one)} // nobody inspects alone
	}
	for _, s := range invent.More(pack, inspectors, c.office) {
		add(seat{unit: s.Unit, role: s.Role})
	}
	return c
}

// survey finds whom the parties of the duties stand for: the units that lead,
// those that support, and the office that supervises.
func (c *cast) survey(p *procedure.Procedure, duties []cases.Case) []seat {
	var needed []seat
	leads := map[string]int{}
	for _, d := range duties {
		for _, party := range []string{partyOffice, partyHandler, partyHead, partyHelper} {
			for _, t := range d.Turns(p, party, c.pack) {
				u, ok := c.pack.Unit(t.Unit)
				if t.Kind != procedure.Post || !ok || u.Kind == policy.Group {
					continue
				}
				if s := (seat{unit: t.Unit, role: t.Role}); !slices.Contains(needed, s) {
					needed = append(needed, s)
				}
				switch party {
				case partyOffice:
					c.office = t.Unit
				case partyHead:
					leads[t.Unit]++
				}
			}
		}
	}
	delete(leads, c.office) // it would check itself in every example
	for id := range leads {
		c.units = append(c.units, id)
	}
	slices.SortFunc(c.units, func(a, b string) int { return cmp.Or(cmp.Compare(leads[b], leads[a]), cmp.Compare(a, b)) })
	if c.office == "" && len(c.pack.Units) > 0 {
		c.office = c.pack.Units[0].ID
	}
	return needed
}

// fillPosts gives every post of the pack a holder. Posts of the district's own
// leadership make leaders; those of a department lead it.
func (c *cast) fillPosts(add func(...seat) *person) {
	var leader, head string
	for _, r := range c.pack.Roles {
		switch {
		case slices.Contains(r.Grants, policy.Instruct):
			leader = cmp.Or(leader, r.ID)
		case slices.Contains(r.Grants, policy.Approve):
			head = cmp.Or(head, r.ID)
		}
	}
	for _, post := range c.pack.Posts {
		u, _ := c.pack.Unit(post.Unit)
		role := head
		if u.Parent == "" && (u.Kind == policy.GovernmentUnit || u.Kind == policy.PartyUnit) {
			role = leader
		}
		if role != "" && u.ID != "" {
			add(seat{unit: post.Unit, role: role, post: post.ID})
		}
	}
}

// find returns somebody a turn is for who may act on an instant, by chance
// drawn from rng, or nil.
func (c *cast) find(turns []cases.Turn, rng *rand.Rand, not ...*person) *person {
	var able []*person
	for _, t := range turns {
		var who []*person
		switch t.Kind {
		case procedure.Post:
			who = c.seats[seat{unit: t.Unit, role: t.Role}]
		case procedure.Holds:
			if p := c.posts[t.Name]; p != nil {
				who = []*person{p}
			}
		}
		for _, p := range who {
			if !slices.Contains(able, p) && !slices.Contains(not, p) {
				able = append(able, p)
			}
		}
	}
	if len(able) == 0 {
		return nil
	}
	return able[rng.IntN(len(able))]
}

// leaders lists the posts whose holders are leaders of the district.
func (c *cast) leaders() []string {
	var list []string
	for _, post := range c.pack.Posts {
		if p := c.posts[post.ID]; p != nil {
			if r, _ := c.pack.Role(p.seats[0].role); slices.Contains(r.Grants, policy.Instruct) {
				list = append(list, post.ID)
			}
		}
	}
	return list
}

// enter enters everybody at the clock's time: the first administrator by whoever
// runs the program, all others by that administrator.
func (d *District) enter(ctx context.Context, c *cast) error {
	now := d.Clock.Now()
	roles := people.AdministratorRoles(d.Pack)
	if len(roles) == 0 {
		return gov.Errorf(gov.Unsupported, "政策包里没有能管理账号和任职的角色", "the pack has no role that makes accounts and gives roles")
	}
	i := slices.IndexFunc(c.all, func(p *person) bool { return p.seats[0].role == roles[0].ID })
	admin := c.all[i]
	invited := make([]string, len(c.all))
	var err error
	if admin.id, invited[i], err = d.Office.AppointFirst(ctx, people.Operator("demo", now), d.record(c, i), roles[0].ID, admin.login); err != nil {
		return err
	}
	if admin.holdings, err = d.Staff.Holdings(ctx, admin.id); err != nil {
		return err
	}
	by := admin.standing(d.Pack, now)
	if err := parallel(len(c.all), func(k int) error {
		who := c.all[k]
		if who == admin {
			return nil
		}
		var err error
		if who.id, err = d.Office.Save(ctx, by, d.record(c, k)); err != nil {
			return fmt.Errorf("enter person %d: %w", k+1, err)
		}
		for _, s := range who.seats {
			a := people.Assignment{Person: who.id, Role: s.role, Unit: s.unit, Post: s.post, Area: s.area, Period: people.Period{From: gov.DateOf(now)}}
			if _, err := d.Office.Assign(ctx, by, a); err != nil {
				return fmt.Errorf("give person %d the role %s in %s: %w", k+1, s.role, s.unit, err)
			}
		}
		invited[k], err = d.Office.Invite(ctx, by, who.id, who.login, false)
		return err
	}); err != nil {
		return err
	}
	d.links = map[*person]string{}
	for k, who := range c.all {
		d.links[who] = invited[k]
	}
	return nil
}

// record is the kth person as the personnel register has them.
func (d *District) record(c *cast, k int) people.Person {
	who := c.all[k]
	return people.Person{
		StaffNo: fmt.Sprintf("DEMO-%04d", k+1), Name: who.name, Unit: who.seats[0].unit,
		Mobile: invented.Mobile(k + 1), Email: who.login + "@example.com",
	}
}

// look reads what everybody holds, once all has been entered.
func (d *District) look(ctx context.Context, c *cast) error {
	return parallel(len(c.all), func(k int) (err error) {
		c.all[k].holdings, err = d.Staff.Holdings(ctx, c.all[k].id)
		return err
	})
}
