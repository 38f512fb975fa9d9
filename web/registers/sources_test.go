package registers

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/registers"
)

// What a case did about an entry leads to the case for those who may read it; the
// others see its number alone.
func TestCasesLeadWhoReadsThem(t *testing.T) {
	t.Parallel()
	open, shut := gov.NewID(time.Unix(1, 0)), gov.NewID(time.Unix(2, 0))
	k := &Pages{Deps: Deps{Reads: func(_ context.Context, _ people.Standing, id gov.ID) bool { return id == open }}}
	s := registers.Sheet{Sources: []registers.Source{{Case: open, Number: "CF-1", Key: "K"}, {Case: shut, Number: "CF-2", Key: "K"}, {Case: open, Number: "CF-3", Key: "L"}}}
	got := k.casesOf(httptest.NewRequest("GET", "/", nil), s, "//K")
	if len(got) != 2 || got[0].Href != "/desk/cases/"+open.String() || got[1].Href != "" || got[1].Label != "CF-2" {
		t.Errorf("%+v", got)
	}
}
