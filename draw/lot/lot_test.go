package lot_test

import (
	"testing"

	"quanxiang/draw/lot"
)

func TestUID(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scheme lot.Scheme
		id     string
		want   string // "": refused
	}{
		{lot.Credit, "91110102MA0000000K", "011239313131303130324d41303030303030304b"},
		{lot.Credit, "91110102MA0000000L", ""}, // check character
		{lot.Credit, "91110102ma0000000K", ""},
		{lot.Credit, "91110102MA000000K", ""},
		{lot.Place, "place/beijing/xicheng/000123456789", "04ff584ac1b9ae9b2dd49966183c58b88e85543c"},
		{lot.Inspector, "A1", "0302413100000000000000000000000000000000"},
		{lot.Batch, "", ""},
		{lot.Batch, "a\nb", ""},
		{lot.Batch, "e\u0301", ""}, // not in form NFC
		{0, "x", ""}, {7, "x", ""},
	} {
		u, err := lot.SHA256.NewUID(c.scheme, c.id)
		if (err == nil) != (c.want != "") || err == nil && u.String() != c.want {
			t.Errorf("uid %d %q is %s, %v; want %q", c.scheme, c.id, u, err, c.want)
		}
		if err == nil && u.Check() != nil {
			t.Errorf("uid %s does not check", u)
		}
		if err == nil && len(c.id) <= 18 && u.ID() != c.id {
			t.Errorf("uid %s reads %q, want %q", u, u.ID(), c.id)
		}
	}
	for _, bad := range []lot.UID{{}, {3, 1, 'A', 0, 1}, {3, 19, 'A'}, {3, 0}, {9, 1, 'A'}, {1, 255, 'A'}} {
		if bad.Check() == nil {
			t.Errorf("uid %s checks", bad)
		}
	}
}
