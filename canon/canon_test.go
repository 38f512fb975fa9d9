package canon_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/canon"
)

type inner struct {
	Days *[]int64 `json:"days"`
	Key  [2]byte  `json:"key"`
}

type outer struct {
	Text  string    `json:"text"`
	Count int64     `json:"count"`
	Small uint16    `json:"small"`
	Yes   bool      `json:"yes"`
	Maybe canon.Hex `json:"maybe"`
	Rows  []byte    `json:"rows"`
	List  []inner   `json:"list"`
	Rest  canon.Raw `json:"rest"`
}

const sample = `{"count":-5,"list":[{"days":[1,2],"key":"0aff"},{"key":"0000"}],"maybe":"","rest":{"a":[]},"rows":"AQI=","small":65535,"text":"双\n\u0001\"","yes":true}`

func TestBothWays(t *testing.T) {
	t.Parallel()
	var got outer
	if err := canon.Unmarshal([]byte(sample), &got); err != nil {
		t.Fatal(err)
	}
	want := outer{Text: "双\n\x01\"", Count: -5, Small: 65535, Yes: true, Maybe: canon.Hex{}, Rows: []byte{1, 2},
		List: []inner{{Days: &[]int64{1, 2}, Key: [2]byte{10, 255}}, {}}, Rest: canon.Raw(`{"a":[]}`)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if again := canon.Marshal(got); string(again) != sample {
		t.Errorf("written again: %s", again)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, change := range [][2]string{
		{`"count":-5`, `"count":-0`}, {`"count":-5`, `"count":05`}, {`"count":-5`, `"count":5.0`}, {`"count":-5`, `"count":5e0`},
		{`"count":-5`, `"count":9007199254740992`}, {`"count":-5`, `"count":null`}, {`"count":-5`, `"count":"-5"`}, {`"count":-5`, `"count":-`},
		{`"count":-5,`, `"count":-5,"count":-5,`}, {`"count":-5,`, ``}, {`"count":-5,`, `"Count":-5,`}, {`"count":-5`, ` "count":-5`},
		{`0aff`, `0AFF`}, {`0aff`, `0af`}, {`"maybe":""`, `"maybe":"0"`}, {`AQI=`, `AQJ=`}, {`AQI=`, `AQI`}, {`AQI=`, `AQ\nI=`},
		{`65535`, `65536`}, {`65535`, `-1`}, {`\n`, `\u000a`}, {`\u0001`, `\u0041`}, {`\u0001`, `\u001F`}, {`\u0001`, "\x01"}, {`双`, "\xff"},
		{`双`, "e\u0301"}, {`双`, `\/`}, {`true}`, `true} `}, {`true}`, `true`}, {`true}`, `true,}`}, {`{"a":[]}`, `{"\u0001":[]}`}, {`{"a":[]}`, `[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]`},
	} {
		b := bytes.Replace([]byte(sample), []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(b, []byte(sample)) {
			t.Fatalf("%q changes nothing", change)
		}
		if err := canon.Unmarshal(b, new(outer)); err == nil {
			t.Errorf("accepted %s", b)
		}
	}
}

// FuzzSpelling: what is read is written the same way again.
func FuzzSpelling(f *testing.F) {
	f.Add([]byte(sample))
	f.Fuzz(func(t *testing.T, b []byte) {
		var v outer
		if canon.Unmarshal(b, &v) != nil {
			return
		}
		if again := canon.Marshal(v); !bytes.Equal(again, b) {
			t.Errorf("%q is written %q", b, again)
		}
	})
}
