package counter_test

import (
	"strings"
	"testing"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/store/storetest"
	"quanxiang/web/open311"
)

// What a client says is a remark that nobody outside reads before somebody made it
// public, once however often it is sent; what the client of the unit that handles
// says of the status, the unit has done.
func TestPostUpdate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		number := r.file(r.report())
		r.act("zfb", "acceptor", number, "send", cases.Values{"unit": "fgw"})
		one := open311.NewUpdate{Key: gov.NewID(r.now), Unit: "czj", Step: gov.NewID(r.now), Request: number, Status: policy.DetailFixed, Description: "旁边那盏也不亮", Lang: gov.ZH}
		id, err := r.PostUpdate(ctx, one)
		r.must(err)
		for range 3 { // the answer was lost
			again, err := r.PostUpdate(ctx, one)
			if err != nil || again != id {
				t.Errorf("sent again it is %s, %v; it was %s", again, err, id)
			}
		}
		public := func() string {
			t.Helper()
			list, err := r.Updates(ctx, gov.ZH, open311.UpdateFilter{Page: 1, Size: 100})
			r.must(err)
			var all []string
			for _, u := range list {
				all = append(all, u.ID+" "+string(u.Status)+" "+u.Description)
			}
			return strings.Join(all, "\n")
		}
		if got := public(); strings.Contains(got, "旁边") || strings.Count(got, "\n") != 0 {
			t.Errorf("before it was looked at: %s", got)
		}
		r.act("zfb", "acceptor", number, "show", cases.Values{"said": "旁边一盏也不亮"})
		if got := public(); !strings.Contains(got, "旁边一盏也不亮") {
			t.Errorf("once it is public: %s", got)
		}
		r.act("zfb", "acceptor", number, "hide", nil)
		if got := public(); strings.Contains(got, "旁边") {
			t.Errorf("once it is hidden: %s", got)
		}

		own := open311.NewUpdate{Key: gov.NewID(r.now), Unit: "fgw", Step: gov.NewID(r.now), Request: number, Status: policy.DetailFixed, Description: "灯泡已换", Lang: gov.ZH}
		done, err := r.PostUpdate(ctx, own)
		r.must(err)
		again, err := r.PostUpdate(ctx, own)
		if err != nil || again != done {
			t.Errorf("%s, %v; it was %s", again, err, done)
		}
		if got := public(); strings.Count(got, "灯泡已换") != 1 || !strings.Contains(got, done+" ") {
			t.Errorf("the unit's own: %s, want %s", got, done)
		}
		own.Step = gov.NewID(r.now)
		if _, err := r.PostUpdate(ctx, own); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("what the case does not take any more: %v", err)
		}
		one.Step, one.Description = gov.NewID(r.now), ""
		if _, err := r.PostUpdate(ctx, one); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("nothing said: %v", err)
		}
		one.Request = "BG2016-999999"
		if _, err := r.PostUpdate(ctx, one); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("no such case: %v", err)
		}
		storetest.Sound(t, r.db)
	})
}
