package docket_test

import (
	"os"
	"testing"
	"testing/fstest"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// now is when everything in these tests happens: a working morning.
var now = time.Date(2016, 10, 10, 9, 0, 0, 0, gov.China)

// court is a docket on a database of one engine.
type court struct {
	*docket.Docket
	db   *store.DB
	pack *policy.Pack
}

// run gives a test the docket of a pack on each engine. In the end the ledger
// must know everything.
func run(t *testing.T, pack *policy.Pack, test func(t *testing.T, k court)) {
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			db := storetest.Open(t, storetest.DSN(t, e), func() time.Time { return now })
			test(t, court{docket.New(db.Cases(pack.District), dockettest.OnePack{Pack: pack}, calendar.Seed), db, pack})
			storetest.Sound(t, db)
		})
	}
}

// sample is the sample district with one more procedure.
func sample(t testing.TB, id, procedure string) *policy.Pack {
	t.Helper()
	files := packtest.Copy(t, os.DirFS("../testdata/sample"))
	files["procedures/"+id+".yaml"] = &fstest.MapFile{Data: []byte(procedure)}
	return packtest.Load(t, files, ".")
}

// begin starts a case with a new id.
func (k court) begin(t testing.TB, procedure string, in cases.Input) cases.Case {
	t.Helper()
	c, err := k.Begin(t.Context(), gov.NewID(now), procedure, in)
	must(t, err)
	return c
}

// act does an action on a case.
func (k court) act(t testing.TB, c cases.Case, who cases.Actor, action string, values cases.Values) cases.Case {
	t.Helper()
	c, err := k.Act(t.Context(), docket.Step{Case: c.ID}, cases.Input{Action: action, Actor: who, Values: values})
	must(t, err)
	return c
}
