package kind_test

import (
	"strings"
	"testing"

	"quanxiang/files/kind"
	"quanxiang/gov"
)

// A refusal says what the field a file was sent to takes, and nothing else.
func TestRefusalSaysWhatTheFieldTakes(t *testing.T) {
	t.Parallel()
	const drawing = `<svg xmlns="http://www.w3.org/2000/svg"></svg>`
	_, err := kind.Of("a.svg", strings.NewReader(drawing), int64(len(drawing)))
	if gov.CodeOf(err) != gov.Unsupported {
		t.Fatalf("a drawing: %v", err)
	}
	for accept, want := range map[string][2]bool{"": {true, true}, "image": {true, false}, "signature": {true, false}, "document": {false, true}} {
		err := kind.For(err, accept)
		for _, l := range []gov.Lang{gov.ZH, gov.EN} {
			text := gov.TextOf(err, l)
			if got := [2]bool{strings.Contains(text, "JPEG"), strings.Contains(text, "PDF")}; got != want || gov.CodeOf(err) != gov.Unsupported {
				t.Errorf("for %q: %s", accept, text)
			}
		}
	}
	if other := gov.Errorf(gov.TooLarge, "太大", "too large"); kind.For(other, "image") != error(other) || kind.For(nil, "image") != nil {
		t.Error("another error is changed")
	}
}
