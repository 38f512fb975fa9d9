package people

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/privacy"
)

// Person is someone who works for the district. Name, mobile number and e-mail
// are personal data: sealed at rest, masked on the screen unless a look is
// recorded, never in the ledger.
type Person struct {
	ID       gov.ID
	StaffNo  string // number in the personnel register, unique in the district; empty if there is none
	Name     string
	Unit     string // id of the unit the person belongs to; says nothing about rights
	Mobile   string // eleven digits, or ""
	Email    string // or ""
	Revision int    // how often it was saved; 0 is a new one
}

var (
	staffNoForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]{0,31}$`)
	emailForm   = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._%+-]*@[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?(\.[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?)+$`)
	loginForm   = regexp.MustCompile(`^[a-z][a-z0-9._-]{2,31}$`)
)

// Normal returns the person with every field in its normal form, or an Invalid
// error on the field that has none.
func (p Person) Normal(pack *policy.Pack) (Person, error) {
	p.Name = strings.Join(strings.Fields(p.Name), " ")
	switch n := utf8.RuneCountInString(p.Name); {
	case n == 0:
		return p, gov.Errorf(gov.Invalid, "缺少姓名", "the name is missing").On("name")
	case n > 50 || strings.ContainsFunc(p.Name, func(r rune) bool { return !nameRune(r) }) || !unicode.IsLetter([]rune(p.Name)[0]):
		return p, gov.Errorf(gov.Invalid, "姓名只能有文字、间隔号、连字符和空格，不超过 50 字", "a name has letters, dots, hyphens and blanks only, 50 at most").On("name")
	}
	if p.StaffNo != "" && !staffNoForm.MatchString(p.StaffNo) {
		return p, gov.Errorf(gov.Invalid, "工号应为 1 至 32 位字母、数字或连字符", "a staff number has 1 to 32 letters, digits or hyphens").On("staff_no")
	}
	if err := realUnit(pack, p.Unit); err != nil {
		return p, err
	}
	if p.Mobile != "" {
		m, err := privacy.ParseMobile(p.Mobile)
		if err != nil {
			return p, on(err, "mobile")
		}
		p.Mobile = m
	}
	p.Email = strings.TrimSpace(p.Email)
	if p.Email != "" && (len(p.Email) > 254 || !emailForm.MatchString(p.Email)) {
		return p, gov.Errorf(gov.Invalid, "电子邮箱的写法不对", "the e-mail address is not written as one").On("email")
	}
	return p, nil
}

func nameRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || strings.ContainsRune(" ·•‧・.-'", r)
}

// NormalLogin is a login as it is compared: without blanks around it and in
// lower case. It returns an Invalid error for what cannot be one.
func NormalLogin(login string) (string, error) {
	login = strings.ToLower(strings.TrimSpace(login))
	if !loginForm.MatchString(login) {
		return "", gov.Errorf(gov.Invalid, "登录名应为 3 至 32 位小写字母、数字、点、下划线或连字符，以字母开头",
			"a login has 3 to 32 lower-case letters, digits, dots, underscores or hyphens and begins with a letter").On("login")
	}
	return login, nil
}

// realUnit refuses units that do not exist and those that only stand for
// others.
func realUnit(pack *policy.Pack, id string) error {
	u, ok := pack.Unit(id)
	switch {
	case !ok:
		return gov.Errorf(gov.Invalid, "没有单位“%s”", "there is no unit %q", id).On("unit")
	case u.Kind == policy.Group:
		return gov.Errorf(gov.Invalid, "“%[1]s”是统称，不是单位", "%[2]q stands for several units and is none", u.Name.ZH, u.Name.In(gov.EN)).On("unit")
	}
	return nil
}

// on puts a field to a gov.Error.
func on(err error, field string) error {
	if e, ok := err.(*gov.Error); ok {
		return e.On(field)
	}
	return err
}

// AccountState is where an account is in its life.
type AccountState string

// The states. Whoever comes back to a closed account sets it up anew, by a link
// that two agreed on.
const (
	Invited AccountState = "invited" // no way to log in yet but a one-time link
	Active  AccountState = "active"
	Closed  AccountState = "closed"
)

// Account is how a person logs in. A person has one at most.
type Account struct {
	Person   gov.ID
	Login    string // unique in the district, see NormalLogin
	State    AccountState
	Password string   // argon2id in PHC form; "" if the person has none
	TOTP     []byte   // secret of the second factor, sealed at rest; empty if there is none
	Recovery []string // digests of the recovery codes that are left
	Issuer   string   // identity provider the account is bound to, or ""
	Subject  string   // the person's name there, or ""
	Epoch    int      // counts changes of what proves identity; sessions of an earlier epoch are void
	Revision int
}

// taken reports that the account has its owner: someone has shown a factor that
// is theirs. From then on nobody else alone can put another in its place.
func (a *Account) taken() bool { return len(a.TOTP) > 0 || a.Subject != "" }

// needsTwo reports that a link to the account takes it over, so that another
// person has to agree.
func (a *Account) needsTwo(renew bool) bool {
	return a.State == Closed || a.taken() && (renew || len(a.TOTP) == 0)
}

// Assignment says that a person holds a role in a unit for a time, possibly by
// holding a post of the pack.
type Assignment struct {
	ID       gov.ID
	Person   gov.ID
	Role     string // role of the pack
	Unit     string // unit of the pack
	Post     string // post of the pack, or ""
	Area     string // code of the area of the pack it is held for, "" for all its unit serves
	Period   Period
	Revision int
}

// Absence says that a person is away for a time and who acts instead.
type Absence struct {
	ID       gov.ID
	Person   gov.ID
	Deputy   gov.ID
	Period   Period // To is required: nobody is away for good
	Revision int
}

// Holdings is everything that decides what a person may do.
type Holdings struct {
	Person      Person
	Account     *Account // nil without one
	Assignments []Assignment
	Absences    []Absence // the person's own
	Covers      []Cover   // absences of others in which the person is the deputy
}

// Cover is an absence seen by the deputy: whose, and what that person holds.
type Cover struct {
	Absence     Absence
	Name        string // of the absent person
	Assignments []Assignment
}
