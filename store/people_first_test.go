package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/people/passwords"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// However many appoint the first administrator at once, there is one.
func TestOneFirstAdministrator(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		pack := packtest.Xicheng(t)
		keys := privacy.NewKeyring()
		office := people.New(people.Config{
			Store: db.People(district, keys), Pack: func() *policy.Pack { return pack }, Clock: time.Now,
			Hasher: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}), Keys: keys, Name: "西城",
		})
		root := people.Operator("root", time.Now())
		const tries = 8
		var errs [tries]error
		begin := make(chan struct{})
		var all sync.WaitGroup
		for i := range tries {
			all.Go(func() {
				<-begin
				_, _, errs[i] = office.AppointFirst(t.Context(), root, people.Person{Name: "赵试验", Unit: "fgw"}, "administrator", fmt.Sprintf("zhao.%d", i))
			})
		}
		close(begin)
		all.Wait()
		won := 0
		for _, err := range errs {
			switch gov.CodeOf(err) {
			case gov.Conflict, gov.Unavailable:
			default:
				if err != nil {
					t.Error(err)
				}
				won++
			}
		}
		list, err := office.List(t.Context(), root, people.Filter{}, gov.Page{})
		must(t, err)
		if won != 1 || len(list.Items) != 1 {
			t.Errorf("%d appointed, %d persons entered", won, len(list.Items))
		}
	})
}
