package privacy_test

import (
	"slices"
	"testing"

	"quanxiang/privacy"
)

// What residents write of lamps, doors and prices is no personal number; what can
// be told by its form is found however it is written.
func TestSpot(t *testing.T) {
	t.Parallel()
	mobile, id := privacy.Mobile, privacy.ResidentNo
	for text, want := range map[string][]privacy.Kind{
		"路灯不亮，灯杆编号 20160017，已经 3 天":         nil,
		"请打13812345678找我":                   {mobile},
		"电话：138 1234 5678。":                 {mobile},
		"手机138-1234-5678，12 号楼":             {mobile},
		"全角的１３８１２３４５６７８":                    {mobile},
		"+86 13812345678":                   {mobile},
		"身份证11010519491231002X":             {id},
		"身份证110105194912310021":             nil, // the last digit is wrong
		"11010519491231002x 13812345678 都在": {mobile, id},
		"单号 1381234567800":                  nil, // too long for a number
		"":                                  nil,
	} {
		if got := privacy.Spot(text); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
