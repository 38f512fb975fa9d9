package record

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"time"

	"quanxiang/canon"
	"quanxiang/draw/design"
	"quanxiang/draw/lot"
	"quanxiang/draw/outside"
	"quanxiang/gov"
)

var idForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// maxSeconds bounds deadlines.
const maxSeconds = 1_000_000_000

// settle is the least time in seconds between the last reveal and the outside
// value.
const settle = 600

// IsDate reports whether s is a day as the protocol writes it.
func IsDate(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Year() >= 2000
}

// Shape checks the ranges of section 8 that look at one member each: what is
// of class body.
func (p *Plan) Shape() error {
	bad := func(member string) error {
		return gov.Errorf(gov.Invalid, "成员 %s 不在允许的范围内", "member %s is out of its range", member)
	}
	party := func(x Party) bool { return len(x.Name) >= 1 && len(x.Name) <= 200 }
	switch {
	case p.V != Version:
		return bad("v")
	case p.Suite != lot.SHA256 && p.Suite != lot.SM3:
		return bad("suite")
	case !idForm.MatchString(p.ID):
		return bad("plan")
	case p.Attempt != 1 && p.Attempt != 2:
		return bad("attempt")
	case !party(p.Authority):
		return bad("authority")
	case !party(p.Platform):
		return bad("platform")
	case len(p.Witnesses) < 3 || len(p.Witnesses) > 16 || !all(p.Witnesses, party):
		return bad("witnesses")
	case p.MinReveals < 2 || p.MinReveals > len(p.Witnesses):
		return bad("minReveals")
	case len(p.Seals) > 4 || !all(p.Seals, func(s Seal) bool {
		return party(Party{Name: s.Name}) && s.Length >= 1 && s.Length <= 100_000 && s.Length == p.Seals[0].Length
	}):
		return bad("seals")
	case len(p.Auditors) > 16 || !all(p.Auditors, party) || p.Mode == ModeAttested && len(p.Auditors) < 2:
		return bad("auditors")
	case p.Mode != ModeOpen && p.Mode != ModeAttested:
		return bad("mode")
	case p.MinStratum < 1:
		return bad("minStratum")
	case len(p.Times) < 1 || len(p.Times) > 2:
		return bad("times")
	case len(p.Outside) < 1 || len(p.Outside) > 8 || !all(p.Outside, func(s Source) bool { return s.Source.Known() }):
		return bad("outside")
	case !within(p.Due.Release, 0, maxSeconds) || !within(p.Due.Result, 0, maxSeconds) || !within(p.Due.Publish, 0, maxSeconds):
		return bad("due")
	case p.Team.Size < 2 || p.Team.Size > 8 || !slices.Contains([]string{AreaAny, AreaOtherStreet, AreaDistrict}, p.Team.Area) || !within(p.Team.Recent, 0, 100):
		return bad("team")
	case len(p.Frames) < 1 || len(p.Frames) > 64:
		return bad("frames")
	}
	for i := range p.Times {
		t := &p.Times[i]
		if t.T1 < 1 || !IsDate(t.Window[0]) || !IsDate(t.Window[1]) || !all(t.Days, func(d Day) bool { return IsDate(d.Date) }) {
			return bad("times")
		}
	}
	for i := range p.Frames {
		f := &p.Frames[i]
		if len(f.Name) < 1 || len(f.Name) > 200 || len(f.Items) < 1 || !IsDate(f.Date) || len(f.Strata) < 1 {
			return bad("frames")
		}
		for j := range f.Strata {
			if err := f.Strata[j].shape(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Stratum) shape() error {
	ok := within(s.Size, 0, 1<<32-1) && (s.Kind == KindRandom || s.Kind == KindSpecial)
	switch s.Design {
	case design.SRS, design.Balls, design.Pareto:
		ok = ok && (s.Count == nil) != (s.PPM == nil)
	case design.Poisson:
		ok = ok && s.Count == nil && s.PPM != nil
	case design.Census:
		ok = ok && s.Count == nil && s.PPM == nil
	default:
		ok = false
	}
	ok = ok && (s.Count == nil || within(*s.Count, 0, s.Size)) && (s.PPM == nil || within(*s.PPM, 1, 1_000_000))
	ok = ok && (s.Days == nil || all(*s.Days, func(n int64) bool { return n >= 0 && n <= s.Size }))
	if !ok {
		return gov.Errorf(gov.Invalid, "分层 %d 不符合规定", "stratum %d is not of the form it must have", s.ID)
	}
	return nil
}

// Check checks the rules that tie the members of a plan to each other: what is
// of class plan.
func (p *Plan) Check() error {
	refuse := func(zh, en string, args ...any) error { return gov.Errorf(gov.Invalid, zh, en, args...) }
	if p.Attempt > len(p.Times) {
		return refuse("计划没有列出第 %d 次抽取的时间", "the plan lists no times of attempt %d", p.Attempt)
	}
	for i := range p.Times {
		if !p.Times[i].ordered() || i > 0 && (p.Times[i].T1 <= p.Times[i-1].T3 || len(p.Times[i].Days) != len(p.Times[0].Days)) {
			return refuse("第 %d 次抽取的时间先后不对", "the times of attempt %d are not in order", i+1)
		}
	}
	if err := p.checkOutside(); err != nil {
		return err
	}
	for i := range p.Frames {
		f := &p.Frames[i]
		if i > 0 && p.Frames[i-1].Dept >= f.Dept {
			return refuse("部门未按编号排列", "departments are not in order")
		}
		if !ascending(f.Items, strings.Compare) {
			return refuse("部门 %d 的事项未按序排列", "the items of department %d are not in order", f.Dept)
		}
		if uint64(f.Frame.Size)+uint64(f.Exempt.Size) != uint64(f.Registry.Size) {
			return refuse("部门 %d 的名册与豁免名单之和不等于登记数", "frame and exempt of department %d do not add up to the registry", f.Dept)
		}
		var sum int64
		for j := range f.Strata {
			s := &f.Strata[j]
			if j > 0 && f.Strata[j-1].ID >= s.ID {
				return refuse("部门 %d 的分层未按编号排列", "the strata of department %d are not in order", f.Dept)
			}
			if s.Kind == KindRandom && s.Size < p.MinStratum {
				return refuse("分层 %[1]d 只有 %[2]d 个对象，应标为个案或专项", "stratum %[1]d of %[2]d subjects must be called special", s.ID, s.Size)
			}
			if !s.daysFit(len(p.Times[0].Days)) {
				return refuse("分层 %d 每日的数目与总数不符", "the numbers per day of stratum %d do not fit", s.ID)
			}
			sum += s.Size
		}
		if sum != int64(f.Frame.Size) {
			return refuse("部门 %d 各分层之和不等于名册", "the strata of department %d do not add up to the frame", f.Dept)
		}
	}
	return nil
}

func (t *Times) ordered() bool {
	ok := t.T1 < t.T2 && t.T2+settle <= t.T3 && t.T3 < t.T4 && t.T4 <= t.T5 && t.Window[0] <= t.Window[1]
	last, by := "", t.T3
	for _, d := range t.Days {
		ok = ok && d.Date > last && d.Date >= t.Window[0] && d.Date <= t.Window[1] && d.By > by
		last, by = d.Date, d.By
	}
	return ok && (len(t.Days) == 0 || by <= t.T5)
}

func (s *Stratum) daysFit(days int) bool {
	if days == 0 || s.Days == nil {
		return days == 0 && s.Days == nil
	}
	var sum int64
	for _, n := range *s.Days {
		sum += n
	}
	return len(*s.Days) == days && sum == s.Quota() && (s.Design == design.SRS || s.Design == design.Balls)
}

func (p *Plan) checkOutside() error {
	bits, lotteries, drand := 0, 0, false
	for i, s := range p.Outside {
		ok := len(s.Rounds) == len(p.Times) && len(s.Dates) == len(p.Times)
		for _, before := range p.Outside[:i] {
			ok = ok && before.Source != s.Source
		}
		for a := 0; ok && a < len(p.Times); a++ {
			if s.Source == outside.Drand {
				ok, drand = s.Dates[a] == "" && p.Times[a].T3 >= outside.Time(1) && s.Rounds[a] == outside.Round(p.Times[a].T3), true
			} else {
				ok = s.Rounds[a] >= 1 && IsDate(s.Dates[a])
			}
		}
		if !ok {
			return gov.Errorf(gov.Invalid, "外部来源 %s 的期号或日期不对", "rounds or dates of the outside source %s do not fit", s.Source)
		}
		bits += s.Source.Millibits()
		if s.Source.Millibits() > 0 {
			lotteries++
		}
	}
	if !drand && (lotteries < 2 || bits < outside.EnoughMillibits) {
		return gov.Errorf(gov.Invalid, "外部来源的随机性不足", "the outside sources bring too little chance")
	}
	return nil
}

// Follows reports whether p is the next attempt of an earlier plan: the same
// but for the number.
func (p *Plan) Follows(earlier *Plan) bool {
	same := *earlier
	same.Attempt++
	return bytes.Equal(canon.Marshal(&same), canon.Marshal(p))
}

// Hash is planHash.
func (p *Plan) Hash() lot.Hash { return p.Suite.TH("plan", canon.Marshal(p)) }

func within(n, lo, hi int64) bool { return lo <= n && n <= hi }

func all[T any](list []T, ok func(T) bool) bool {
	return !slices.ContainsFunc(list, func(x T) bool { return !ok(x) })
}

// ascending reports whether a list is in order without repetition.
func ascending[T any](list []T, compare func(a, b T) int) bool {
	for i := 1; i < len(list); i++ {
		if compare(list[i-1], list[i]) >= 0 {
			return false
		}
	}
	return true
}

// Shape checks what section 8 asks of one member of the data of a release each, and that
// there are as many frames as in the plan: what is of class body.
func (d *Data) Shape(p *Plan) error {
	if len(d.Frames) != len(p.Frames) {
		return gov.Errorf(gov.Invalid, "部门的个数与计划不符", "there are not as many departments as in the plan")
	}
	for i := range d.Frames {
		visited := d.Frames[i].Visited
		if p.Team.Area != AreaOtherStreet && len(visited) > 0 {
			return gov.Errorf(gov.Invalid, "计划不需要对象的街道", "the plan needs no streets of subjects")
		}
		for _, v := range visited {
			if Street(v.Attributes) == "" || !saltFits(v.Salt) {
				return gov.Errorf(gov.Invalid, "%s 的属性不符合规定", "the attributes of %s are not of the form they must have", v.UID)
			}
		}
	}
	for i := range d.Inspectors {
		j := &d.Inspectors[i]
		if a := &j.Attributes; !IsDate(a.From) || !IsDate(a.To) || a.Street == "" || !ascending(a.Items, strings.Compare) || !saltFits(j.Salt) ||
			!all(a.Leave, func(l [2]string) bool { return IsDate(l[0]) && IsDate(l[1]) }) {
			return gov.Errorf(gov.Invalid, "检查人员 %s 的属性不符合规定", "the attributes of inspector %s are not of the form they must have", j.UID)
		}
	}
	return nil
}

func saltFits(salt []byte) bool { return len(salt) >= 16 && len(salt) <= 32 }
