package progress_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/files/photo"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/webtest"
)

// The public is shown pictures of fields that are open to it, and of those only
// what somebody found fit.
func TestPictures(t *testing.T) {
	t.Parallel()
	k := open(t)
	now := time.Date(2022, 8, 2, 9, 0, 0, 0, gov.China)
	running := k.rows[0]
	clerk := webtest.Staff(t, k.deps.Pack, "fgw", "clerk", "", now)
	var b bytes.Buffer
	check(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 90, 60))))
	pic, err := k.deps.Casework.Attach(t.Context(), clerk, running.ID, "a.png", bytes.NewReader(b.Bytes()), int64(b.Len()))
	check(t, err)
	check(t, k.deps.Casework.Act(t.Context(), clerk, docket.Step{Case: running.ID}, "update",
		cases.Values{"progress": int64(40), "report": "机密进展", "evidence": []string{string(pic.Key)}}, ""))
	page := "/progress/cases/" + running.Number
	at := page + "/pictures/" + string(pic.Key)
	gone := func(why string, address ...string) {
		t.Helper()
		for _, a := range address {
			if code, _ := k.get(a); code != 404 || strings.Contains(k.page(page), a) {
				t.Errorf("%s: %s answers %d, or the page names it", why, a, code)
			}
		}
	}
	check(t, k.deps.Casework.FitPicture(t.Context(), clerk, running.ID, string(pic.Key), true))
	gone("the field is for the parties", at, at+"/small")

	p, _ := k.deps.Pack.Procedure("duty")
	f, _ := p.Field("evidence")
	f.Open = procedure.OpenPublic
	for _, a := range []string{at, at + "/small"} {
		if body := k.page(a); !strings.HasPrefix(body, "\xff\xd8\xff") {
			t.Errorf("%s is no picture", a)
		}
	}
	if body := k.page(page); !strings.Contains(body, at+"/small") || strings.Contains(body, ">"+string(pic.Key)) {
		t.Error("the page shows no picture, or its key")
	}
	check(t, k.deps.Casework.FitPicture(t.Context(), clerk, running.ID, string(pic.Key), false))
	gone("it was withdrawn", at)
	masked, err := k.deps.Casework.Mask(t.Context(), clerk, running.ID, string(pic.Key), []photo.Area{{W: 3000, H: 3000}})
	check(t, err)
	if body := k.page(page); !strings.Contains(body, string(masked.Key)) {
		t.Error("the masked copy is not shown")
	}
	gone("only its copy is shown", at)
}
