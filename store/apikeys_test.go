package store_test

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/people/apikeys"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/resealdb/resealtest"
	"quanxiang/store/storetest"
)

// A key is good until it is taken back; nothing that is stored is one, nothing
// personal is stored in the open, and the ledger tells what was done.
func TestAPIKeys(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		ctx, root := t.Context(), people.Operator("root", time.Now())
		pack := packtest.Xicheng(t)
		now := time.Now()
		config := apikeys.Config{Store: db.People(district, d.keys), Pack: func() *policy.Pack { return pack }, Clock: func() time.Time { return now }, Keys: d.keys}
		keys := apikeys.New(config)
		good := apikeys.Key{Name: " 市民热线平台 ", Unit: "fgw", Contact: "热线技术组 010-12345678", Rate: 2, Scope: apikeys.Filing}

		for field, k := range map[string]apikeys.Key{
			"name": {Unit: "fgw", Contact: "x", Rate: 1}, "contact": {Name: "x", Unit: "fgw", Contact: " ", Rate: 1},
			"unit": {Name: "x", Unit: "nobody", Contact: "x", Rate: 1}, "rate": {Name: "x", Unit: "fgw", Contact: "x", Scope: apikeys.Filing},
			"scope": {Name: "x", Unit: "fgw", Contact: "x", Rate: 1, Scope: apikeys.Whole},
		} {
			_, _, err := keys.Make(ctx, root, k)
			if e, ok := errors.AsType[*gov.Error](err); !ok || e.Code != gov.Invalid || e.Field != field {
				t.Errorf("without a good %s: %v", field, err)
			}
		}
		id, secret, err := keys.Make(ctx, root, good)
		must(t, err)
		now = now.Add(time.Second)
		_, other, err := keys.Make(ctx, root, apikeys.Key{Name: "另一程序", Unit: "fgw", Contact: "x", Rate: 1, Scope: apikeys.Reading})
		must(t, err)

		// A key is for one thing.
		reader, err := ofSecret(other)
		must(t, err)
		if _, err := keys.Use(ctx, other); gov.CodeOf(err) != gov.Forbidden {
			t.Errorf("a key for reading files requests: %v", err)
		}
		for scope, code := range map[apikeys.Scope]gov.Code{apikeys.Reading: "", apikeys.Registers: gov.Forbidden} {
			if _, err := keys.Signed(ctx, reader, scope); err == nil && code != "" || err != nil && gov.CodeOf(err) != code {
				t.Errorf("a key for reading as %s: %v", scope, err)
			}
		}
		if _, err := keys.Signed(ctx, id, apikeys.Reading); gov.CodeOf(err) != gov.Forbidden {
			t.Errorf("a key for filing reads: %v", err)
		}
		// One that was made before there were scopes can do everything.
		must(t, keys.Store.UpdateKeys(ctx, func(ctx context.Context, tx apikeys.Tx) error {
			k, err := tx.Key(ctx, reader)
			if err != nil {
				return err
			}
			k.Scope = apikeys.Whole
			return errors.Join(tx.SaveKey(ctx, &k), tx.Record(ctx, root.Actor(), people.Event{ID: gov.NewID(now), Kind: "apikey.made", Object: "apikey:" + reader.String()}))
		}))
		keys = apikeys.New(config) // which has not just read it
		for _, scope := range []apikeys.Scope{apikeys.Reading, apikeys.Registers} {
			if k, err := keys.Signed(ctx, reader, scope); err != nil || k.Scope != apikeys.Whole {
				t.Errorf("an early key as %s: %v", scope, err)
			}
		}

		k, err := keys.Use(ctx, secret)
		must(t, err)
		if k.ID != id || k.Name != "市民热线平台" || k.Unit != "fgw" || k.Rate != 2 || k.Contact != good.Contact {
			t.Errorf("the key is %+v", k)
		}
		list, err := keys.List(ctx, root, gov.Page{})
		must(t, err)
		if len(list.Items) != 2 || list.Items[1].ID != id || list.Items[1].Used != now.Truncate(time.Minute).UnixMilli() || list.Items[0].Used == 0 {
			t.Errorf("the list is %+v", list.Items)
		}
		first, err := keys.List(ctx, root, gov.Page{Limit: 1})
		must(t, err)
		if rest, err := keys.List(ctx, root, gov.Page{Limit: 1, After: first.Next}); err != nil || len(rest.Items) != 1 || rest.Items[0].ID != id || rest.Next != "" {
			t.Errorf("the second page is %+v, %v", rest, err)
		}
		for _, row := range storetest.Rows(t, db, "select digest, contact from api_keys") {
			if strings.Contains(secret+other, row[0]) || strings.Contains(row[1], "热线") {
				t.Errorf("stored: %q", row)
			}
			if _, err := keys.Use(ctx, row[0]); gov.CodeOf(err) != gov.Unknown {
				t.Errorf("what is stored opens: %v", err)
			}
		}
		for why, s := range map[string]string{"empty": "", "no prefix": secret[4:], "cut": secret[:60], "longer": secret + "A", "another's end": secret[:40] + other[40:], "no base64": "qxk_" + strings.Repeat("=", 64)} {
			if _, err := keys.Use(ctx, s); gov.CodeOf(err) != gov.Unknown {
				t.Errorf("%s: %v", why, err)
			}
		}

		resealtest.Rotate(t, db, district, d.keys, "api_keys", "persons", "accounts")
		if k, err := keys.Use(ctx, secret); err != nil || k.Contact != good.Contact {
			t.Errorf("a key of before the rotation: %+v, %v", k, err)
		}
		seals, err := db.Seals(district, d.keys).Check(ctx)
		must(t, err)
		if seals.Closed != 0 || seals.Values < 2 {
			t.Errorf("what is sealed: %+v", seals)
		}
		now = now.Add(time.Second)
		must(t, keys.Revoke(ctx, root, id))
		if _, err := keys.Use(ctx, secret); gov.CodeOf(err) != gov.Unknown {
			t.Errorf("a key taken back: %v", err)
		}
		if err := keys.Revoke(ctx, root, id); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("taking back twice: %v", err)
		}
		if err := keys.Revoke(ctx, root, gov.NewID(now)); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("taking back none: %v", err)
		}
		_, clerk, err := d.Authenticate(ctx, d.Token)
		must(t, err)
		for _, by := range []people.Standing{people.Public(now), clerk} {
			_, _, made := keys.Make(ctx, by, good)
			_, listed := keys.List(ctx, by, gov.Page{})
			_, shown := keys.Key(ctx, by, id)
			for _, err := range []error{made, listed, shown, keys.Revoke(ctx, by, id)} {
				if code := gov.CodeOf(err); code != gov.Forbidden && code != gov.Unknown {
					t.Errorf("%s: %v", by.Kind, err)
				}
			}
		}
		kinds := ""
		for _, row := range storetest.Rows(t, db, "select kind from ledger_entries where kind like 'apikey.%' order by id") {
			kinds += strings.TrimPrefix(row[0], "apikey.") + " "
		}
		if kinds != "made made made revoked " {
			t.Errorf("the ledger tells: %s", kinds)
		}
		storetest.Sound(t, db)
	})
}

// ofSecret is the id of the key that a secret opens.
func ofSecret(secret string) (id gov.ID, err error) {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(secret, "qxk_"))
	if err == nil {
		copy(id[:], b)
	}
	return id, err
}
