package calendar

import (
	"sync"

	"github.com/6tail/lunar-go/HolidayUtil"

	"quanxiang/gov"
)

// The years the program knows by itself.
const (
	FirstSeedYear = 2007
	LastSeedYear  = 2026
)

// Seed is the calendar of the years the program knows by itself, from the
// library lunar-go with its two mistakes mended. See docs/adr.
var Seed = sync.OnceValue(func() Calendar {
	var c Calendar
	years := map[int]*Year{}
	// The notice for the first year reaches back into the December before.
	for y := FirstSeedYear - 1; y <= LastSeedYear; y++ {
		for e := HolidayUtil.GetHolidaysByYear(y).Front(); e != nil; e = e.Next() {
			h := e.Value.(*HolidayUtil.Holiday)
			seedDay(years, h.GetTarget(), h.GetDay(), h.GetName(), !h.IsWork())
		}
	}
	// lunar-go lacks two Saturdays and Sundays that were worked in 2013.
	seedDay(years, "2013-04-04", "2013-04-07", "清明节", false)
	seedDay(years, "2013-10-01", "2013-10-12", "国庆节", false)
	for y := FirstSeedYear; y <= LastSeedYear; y++ {
		c = c.With(*years[y])
	}
	return c
})

// seedNames maps lunar-go's names to the State Council's.
var seedNames = map[string]string{"元旦节": "元旦", "国庆中秋": "国庆节、中秋节", "抗战胜利日": "中国人民抗日战争胜利70周年纪念日"}

// seedDay adds a day to the year of the holiday it belongs to, whose notice
// names it.
func seedDay(years map[int]*Year, target, day, name string, off bool) {
	t, err := gov.ParseDate(target)
	if err != nil {
		panic(err) // the library's own data; the tests go through all of it
	}
	d, err := gov.ParseDate(day)
	if err != nil {
		panic(err)
	}
	if n, ok := seedNames[name]; ok {
		name = n
	}
	if years[t.Year] == nil {
		years[t.Year] = &Year{Year: t.Year}
	}
	years[t.Year].Days = append(years[t.Year].Days, Entry{name, d, off})
}
