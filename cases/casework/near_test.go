package casework_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/store/storetest"
)

const (
	lamp   = "11010210109" // of public utilities
	cover  = "11010210101" // of public utilities, too
	litter = "11010210302" // of the city's appearance
)

// reported begins a report at a place and returns its id.
func (r *room) reported(about, class string, at geo.Point) gov.ID {
	r.Helper()
	r.now = r.now.Add(time.Minute)
	id := gov.NewID(r.now)
	_, err := r.docket.Begin(r.Context(), id, "report", cases.Input{Action: "report", Actor: cases.Actor{Kind: gov.PublicActor},
		Values: cases.Values{"about": about, "class": class, "place": at.String()}})
	check(r.T, err)
	return id
}

// acts lets somebody act on a case.
func (r *room) acts(id gov.ID, actor cases.Actor, action string, v cases.Values) {
	r.Helper()
	_, err := r.docket.Act(r.Context(), docket.Step{Case: id}, cases.Input{Action: action, Actor: actor, Values: v})
	check(r.T, err)
}

// row is a standard of a class.
func (r *room) row(class string) string {
	list, _ := r.pack.List("standard-rows")
	for _, e := range list.Entries {
		if e.Text("class") == class {
			return e.Code
		}
	}
	r.Fatalf("no standard for %s", class)
	return ""
}

// filed is reported and filed, so that everybody sees it.
func (r *room) filed(about, class string, at geo.Point) gov.ID {
	r.Helper()
	id := r.reported(about, class, at)
	r.acts(id, acceptor, "file", cases.Values{"row": r.row(class)})
	return id
}

var acceptor = dockettest.Staff("shou", "cgzx-jd", "acceptor")

// east is a place so many metres in the east of another.
func east(p geo.Point, metres float64) geo.Point {
	b := geo.Around(p, 1000)
	return geo.Point{Lat: p.Lat, Lon: p.Lon + (b.East-p.Lon)*metres/1000}
}

func told(list []casework.Near) string {
	var words []string
	for _, n := range list {
		words = append(words, fmt.Sprintf("%s %d", n.Row.Subject, n.Metres))
	}
	return strings.Join(words, ", ")
}

// What lies near is found over the edges of every tile, nearest first, by those
// who may see it.
func TestSimilar(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		// At the corner of four tiles, whose numbers differ from the first digit
		// that tells places of the district apart on.
		tile := geo.TileAt(geo.Point{Lat: 39.92, Lon: 116.36}, 14).Box()
		corner := geo.Point{Lat: tile.South, Lon: tile.East}
		here := east(corner, -2)
		r.filed("路灯不亮", lamp, east(corner, 3))
		r.filed("路灯杆倾斜", lamp, east(corner, -62))
		r.filed("井盖松动", cover, east(corner, 3))
		r.filed("果皮箱满溢", litter, east(corner, -1))
		r.reported("尚未立案", lamp, here)
		r.filed("远处的路灯", lamp, east(corner, 130))
		near := func(same map[string]string, limit int) string {
			t.Helper()
			list, err := r.work.PublicSimilar(ctx, "report", here, same, limit, r.now)
			check(t, err)
			return told(list)
		}
		for why, tt := range map[string]struct {
			same  map[string]string
			limit int
			want  string
		}{
			"of all classes":          {nil, 10, "果皮箱满溢 1, 井盖松动 5, 路灯不亮 5, 路灯杆倾斜 60"},
			"under one heading":       {map[string]string{"class": lamp}, 10, "井盖松动 5, 路灯不亮 5, 路灯杆倾斜 60"},
			"the heading itself":      {map[string]string{"class": lamp[:9]}, 10, "井盖松动 5, 路灯不亮 5, 路灯杆倾斜 60"},
			"by words":                {map[string]string{"class": lamp, "about": "这里路灯不亮了"}, 10, "路灯不亮 5, 井盖松动 5, 路灯杆倾斜 60"},
			"few":                     {map[string]string{"class": lamp, "about": "井盖"}, 1, "井盖松动 5"},
			"what is not declared":    {map[string]string{"channel": "patrol"}, 1, "果皮箱满溢 1"},
			"a class nothing here is": {map[string]string{"class": "11010210201"}, 10, ""},
		} {
			if got := near(tt.same, tt.limit); got != tt.want {
				t.Errorf("%s: %s, want %s", why, got, tt.want)
			}
		}

		s := staff(r.pack, []string{"cgzx-jd acceptor"})
		list, err := r.work.Similar(ctx, s, "report", here, map[string]string{"class": lamp}, 10, r.now)
		if want := "尚未立案 0, 井盖松动 5, 路灯不亮 5, 路灯杆倾斜 60"; err != nil || told(list) != want {
			t.Errorf("the office sees %s, %v, want %s", told(list), err, want)
		}
		if _, err := r.work.Similar(ctx, people.Public(r.now), "report", here, nil, 10, r.now); gov.CodeOf(err) == "" {
			t.Error("the public sees what the office sees")
		}
		if _, err := r.work.PublicSimilar(ctx, "patrol", here, nil, 10, r.now); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("patrols are no public matter: %v", err)
		}

		// A month later none of it is news, and the time for the class is over.
		list, err = r.work.PublicSimilar(ctx, "report", here, nil, 10, r.now.Add(31*24*time.Hour))
		if err != nil || len(list) != 0 {
			t.Errorf("a month later: %s, %v", told(list), err)
		}
	})
}

// A case is found where it is now, and not where it was; what lists know of it
// can be lost and made again.
func TestSimilarMoved(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		was, is := geo.Point{Lat: 39.9, Lon: 116.35}, geo.Point{Lat: 39.95, Lon: 116.38}
		id := r.reported("路灯不亮", lamp, was)
		look := func(why string, at geo.Point, want string) {
			t.Helper()
			list, err := r.work.PublicSimilar(ctx, "report", at, nil, 10, r.now)
			if err != nil || told(list) != want {
				t.Errorf("%s: %s, %v, want %s", why, told(list), err, want)
			}
		}
		look("not filed", was, "")
		r.acts(id, acceptor, "file", cases.Values{"row": r.row(lamp), "place": is.String()})
		look("where it was", was, "")
		look("where it is", is, "路灯不亮 0")
		storetest.Exec(t, r.db, "delete from case_spots", "delete from case_listed")
		look("lost", is, "")
		_, err := r.docket.Relist(ctx, gov.ID{}, 100, func(id gov.ID, err error) { t.Errorf("%s: %v", id, err) })
		check(t, err)
		look("made again", is, "路灯不亮 0")
		shift := dockettest.Staff("zhi", "cgzx-jd", "shift-head")
		c, _, err := r.docket.Case(ctx, id)
		check(t, err)
		r.acts(id, acceptor, "annul", cases.Values{"reason": "重复"})
		_, err = r.docket.Agree(ctx, docket.Step{Case: id}, c.Version+1, "", shift)
		check(t, err)
		look("void", is, "")
		list, err := r.work.Similar(ctx, staff(r.pack, []string{"cgzx-jd acceptor"}), "report", is, nil, 10, r.now)
		if err != nil || len(list) != 0 {
			t.Errorf("void, in the office: %s, %v", told(list), err)
		}
	})
}
