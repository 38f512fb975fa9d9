package calendar

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"quanxiang/gov"
)

// Window is a stretch of working time of a day, [From, To) in minutes after
// midnight.
type Window struct{ From, To int }

// Windows are the working windows of a working day, in order and apart.
type Windows []Window

// OfficeHours are the windows of the standard practice: 8 to 12 and 14 to 18.
func OfficeHours() Windows { return Windows{{8 * 60, 12 * 60}, {14 * 60, 18 * 60}} }

var windowForm = regexp.MustCompile(`^(\d{1,2})(?::(\d\d))?-(\d{1,2})(?::(\d\d))?$`)

// ParseWindows reads "8-12,14-18" or "8:30-12:00,13:30-17:30".
func ParseWindows(s string) (Windows, error) {
	var list Windows
	for _, part := range strings.Split(s, ",") {
		m := windowForm.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil {
			return nil, gov.Errorf(gov.Invalid, "“%s”不是工作时段，应写作 8-12,14-18", "%q are no working windows; write 8-12,14-18", s)
		}
		var n [4]int
		for i := range n {
			if m[i+1] != "" {
				n[i], _ = strconv.Atoi(m[i+1]) // two digits at most
			}
		}
		if n[1] > 59 || n[3] > 59 {
			return nil, gov.Errorf(gov.Invalid, "“%s”的分钟超过 59", "%q has minutes above 59", part)
		}
		list = append(list, Window{60*n[0] + n[1], 60*n[2] + n[3]})
	}
	return list, list.check()
}

func (w Windows) check() error {
	end := 0
	for _, x := range w {
		if x.From < end || x.To <= x.From || x.To > 24*60 {
			return gov.Errorf(gov.Invalid, "工作时段应在一天之内、先后有序、互不重叠", "working windows should lie within a day, in order and apart")
		}
		end = x.To
	}
	if len(w) == 0 || len(w) > 24 {
		return gov.Errorf(gov.Invalid, "工作时段应有 1 至 24 段", "there should be 1 to 24 working windows")
	}
	return nil
}

// minutes is the working time of a day.
func (w Windows) minutes() int {
	sum := 0
	for _, x := range w {
		sum += x.To - x.From
	}
	return sum
}

// String is the form ParseWindows reads.
func (w Windows) String() string {
	parts := make([]string, len(w))
	for i, x := range w {
		parts[i] = fmt.Sprintf("%d:%02d-%d:%02d", x.From/60, x.From%60, x.To/60, x.To%60)
	}
	return strings.Join(parts, ",")
}
