package casework_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/policy"
)

// Values of the types that name something of the pack are said by its name.
func TestWords(t *testing.T) {
	t.Parallel()
	pack, err := policy.Load(os.DirFS("../testdata"), "sample")
	if err != nil {
		t.Fatal(err)
	}
	fault, _ := pack.Procedure("fault")
	payment, _ := pack.Procedure("payment")
	for _, tt := range []struct {
		field  string
		value  any
		zh, en []string
	}{
		{"class", "0102", []string{"井盖缺失"}, []string{"Manhole cover missing"}},
		{"class", "0199", []string{"0199"}, []string{"0199"}}, // an entry that is gone is said by its code
		{"place", "39.900000,116.300000", []string{"39.900000,116.300000"}, []string{"39.900000,116.300000"}},
		{"street", "990102001", []string{"西街道"}, []string{"西街道"}},
		{"unit", "fgw", []string{"区发展改革委"}, []string{"区发展改革委"}},
		{"heavy", true, []string{"是"}, []string{"yes"}},
		{"class", nil, nil, nil},
		{"amount", int64(104_0000_00), []string{"104万元"}, []string{"1,040,000 yuan"}},
		{"amount", int64(12_345_60), []string{"12,345.60元"}, []string{"12,345.60 yuan"}},
	} {
		f, ok := fault.Field(tt.field)
		if !ok {
			f, _ = payment.Field(tt.field)
		}
		for l, want := range map[gov.Lang][]string{gov.ZH: tt.zh, gov.EN: tt.en} {
			if diff := cmp.Diff(want, casework.Words(pack, f, tt.value, l)); diff != "" {
				t.Errorf("%s %v in %s (-want +got):\n%s", tt.field, tt.value, l, diff)
			}
		}
	}
}
