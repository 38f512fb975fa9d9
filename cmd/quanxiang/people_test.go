package main

import (
	"encoding/base32"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/installation"
	"quanxiang/people"
	"quanxiang/store"
)

// The staff of the tests. Nobody is called so.
const (
	adminName   = "赵试验"
	staffList   = "工号,姓名,单位,手机\nB1,钱试验,区发展改革委,13812345678\nB2,孙试验,没有的单位,\nB3,,区发展改革委,\nB1,李试验,区发展改革委,\n"
	newPassword = "seven willows by the lake"
)

var (
	idForm   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
	linkForm = regexp.MustCompile(`(?m)^[A-Za-z0-9_-]{40,}$`)
)

// appoint makes the first administrator of a site and returns the one-time code.
func (s site) appoint(t testing.TB) (link string) {
	t.Helper()
	s.ok(t, "init")
	out := s.want(t, cli.OK, "Appointed the first administrator", "people", "admin", adminName, "--unit", "区发展改革委", "--login", "zhao.shiyan", "--staff-no", "A1")
	if link = linkForm.FindString(out); link == "" {
		t.Fatalf("no code in %q", out)
	}
	return link
}

// enter uses a one-time code as its owner does, to the whole session, and
// returns the secret of the second factor.
func enter(t testing.TB, s *system, link string) []byte {
	t.Helper()
	half, err := s.office.Accept(t.Context(), link, newPassword, people.Visitor{})
	must(t, err)
	e, err := s.office.BeginEnrolment(t.Context(), half.Token)
	must(t, err)
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(e.Secret)
	must(t, err)
	_, _, err = s.office.ConfirmEnrolment(t.Context(), half.Token, people.TOTP(secret, time.Now()), people.Visitor{})
	must(t, err)
	return secret
}

// listed is "people list" in JSON.
func (s site) listed(t testing.TB, args ...string) (list []struct {
	ID, Name, Login, Account, Mobile string
	StaffNo                          string `json:"staff_no"`
	Assignments                      []struct{ ID, Role, From, To string }
}) {
	t.Helper()
	out := s.ok(t, append([]string{"people", "list", "--format", "json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return list
}

// From an empty installation to an administrator and colleagues; every act is
// in the ledger, and the ledger names nobody.
func TestPeopleCommands(t *testing.T) {
	t.Parallel()
	for _, engine := range engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			at := newSite(t, engine)
			link := at.appoint(t)
			at.want(t, cli.Failed, "there is an administrator already", "people", "admin", "周试验", "--unit", "fgw", "--login", "zhou.sy")

			file := filepath.Join(t.TempDir(), "staff.csv")
			must(t, os.WriteFile(file, []byte(staffList), 0o600))
			out := at.want(t, cli.Invalid, "An import would enter 1, change 0, leave 0; 3 rows are wrong", "people", "import", file, "--dry-run")
			for _, part := range []string{"staff.csv:3:", "staff.csv:4:", "staff.csv:5:", "the staff number is that of line 2"} {
				if !says(out, part) {
					t.Errorf("no %q in %s", part, out)
				}
			}
			if n := len(at.listed(t)); n != 1 {
				t.Fatalf("%d persons after a dry run, want the administrator", n)
			}
			at.want(t, cli.Invalid, "Entered 1, changed 0, left 0; 3 rows are wrong", "people", "import", file)
			id := idForm.FindString(at.ok(t, "people", "add", "吴试验", "--unit", "fgw", "--staff-no", "C1"))

			at.want(t, cli.Invalid, "there is no role", "people", "assign", "B1", "--role", "king", "--unit", "fgw")
			at.want(t, cli.Invalid, "is a day such as", "people", "assign", "B1", "--role", "clerk", "--unit", "fgw", "--from", "soon")
			at.want(t, cli.Failed, "Nobody has the staff number", "people", "assign", "B9", "--role", "clerk", "--unit", "fgw")
			post := idForm.FindString(at.ok(t, "people", "assign", "B1", "--role", "clerk", "--unit", "fgw"))
			at.want(t, cli.Failed, "watch each other", "people", "assign", "B1", "--role", "auditor", "--unit", "fgw")
			at.ok(t, "people", "assign", id, "--role", "reviewer", "--unit", "fgw", "--from", "2030-01-01", "--to", "2031-01-01")
			at.want(t, cli.Invalid, "a login has 3 to 32", "people", "invite", "B1")
			at.want(t, cli.OK, "One-time code, valid until", "people", "invite", "B1", "--login", "qian.sy")

			list := at.listed(t, "--role", "clerk")
			if len(list) != 1 || list[0].Name != "钱**" || list[0].Login != "" || list[0].Mobile != "138****5678" || list[0].Account != "invited" || list[0].Assignments[0].ID != post {
				t.Errorf("masked: %+v", list)
			}
			list = at.listed(t, "--show", "核对名单")
			if len(list) != 3 || list[0].Name != adminName || list[0].Login != "zhao.shiyan" || list[2].Account != "none" {
				t.Errorf("shown: %+v", list)
			}
			at.want(t, cli.OK, "3 persons.", "people", "list")
			at.want(t, cli.Failed, "There is no role", "people", "list", "--role", "king")
			at.want(t, cli.Invalid, "why you need to see it", "people", "list", "--show", "x")
			at.ok(t, "people", "end", post)
			if list := at.listed(t, "--role", "clerk"); len(list) != 0 {
				t.Errorf("after the end: %+v", list)
			}
			at.want(t, cli.Invalid, "say why with --show", "people", "export", "-")
			csv := filepath.Join(t.TempDir(), "out.csv")
			at.ok(t, "people", "export", csv, "--show", "年度核对")
			if text := read(t, csv); !strings.Contains(text, "钱试验") || !strings.Contains(text, "138****5678") {
				t.Errorf("exported %q", text)
			}
			at.want(t, cli.OK, "would enter 0, change 0, leave 3; 0 rows", "people", "import", csv, "--dry-run")

			enter(t, openSite(t, at), link)
			at.want(t, cli.OK, "works once another administrator has agreed", "people", "invite", "A1", "--renew")
			must(t, openSite(t, at).sequencer.Sequence(t.Context()))
			at.ok(t, "ledger", "verify")
			namesNobody(t, at)
		})
	}
}

// namesNobody checks that the exported ledger tells of the acts and of nobody.
func namesNobody(t testing.TB, at site) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "export")
	at.ok(t, "ledger", "export", dir)
	var all strings.Builder
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all.WriteString(read(t, path))
		}
		return err
	}))
	for _, kind := range []string{"people.entered", "people.assigned", "people.assignment_ended", "account.invited", "account.password_set", "field.looked"} {
		if !strings.Contains(all.String(), kind) {
			t.Errorf("the ledger tells of no %s", kind)
		}
	}
	for _, personal := range []string{"试验", "zhao.shiyan", "qian.sy", "13812345678", "138****", "核对", "tester"} {
		if strings.Contains(all.String(), personal) {
			t.Errorf("the exported ledger holds %q", personal)
		}
	}
}

// Whoever has an account logs in after a restore on either engine; without the
// key that sealed the data it is said.
func TestPrivacyKey(t *testing.T) {
	t.Parallel()
	old := newSite(t, store.SQLite)
	link := old.appoint(t)
	secret := enter(t, openSite(t, old), link)
	must(t, openSite(t, old).sequencer.Sequence(t.Context()))
	with, without := filepath.Join(t.TempDir(), "with"), filepath.Join(t.TempDir(), "without")
	old.ok(t, "backup", with, "--with-key")
	old.ok(t, "backup", without)
	for _, to := range engines() {
		at := newSite(t, to)
		at.want(t, cli.OK, "The ledger is sound", "restore", with)
		s := openSite(t, at)
		half, err := s.office.Login(t.Context(), "zhao.shiyan", newPassword, people.Visitor{})
		must(t, err)
		// The step of the enrolment is not carried: sessions and used steps pass.
		whole, err := s.office.ShowCode(t.Context(), half.Token, people.TOTP(secret, time.Now()), people.Visitor{})
		must(t, err)
		if _, who, err := s.office.Authenticate(t.Context(), whole.Token); err != nil || who.Name != adminName || len(who.Held) != 1 {
			t.Errorf("%s: %+v, %v", to, who, err)
		}
		must(t, s.sequencer.Sequence(t.Context()))
		at.ok(t, "ledger", "verify")
	}

	t.Run("lost", func(t *testing.T) {
		at := newSite(t, store.SQLite)
		old.carryKeys(t, at, installation.KeyFile)
		at.want(t, cli.Invalid, "The privacy key is not in the backup", "restore", without)
		at.want(t, cli.Failed, "2 of 2 sealed personal values do not open", "restore", without, "--new-key")
		at.want(t, cli.Failed, "2 of 2 sealed personal values do not open", "doctor")
		at.ok(t, "ledger", "verify")
	})
	t.Run("another's", func(t *testing.T) {
		at := newSite(t, store.SQLite)
		old.carryKeys(t, at, installation.KeyFile)
		_, err := installation.CreateKeyring(at.data)
		must(t, err)
		at.want(t, cli.Failed, "lacks the key", "restore", without)
		if _, err := os.Stat(filepath.Join(at.data, "restore.unfinished")); err == nil {
			t.Error("something was restored")
		}
	})
	t.Run("gone", func(t *testing.T) {
		path := filepath.Join(old.data, installation.PrivacyKeyFile)
		key := read(t, path)
		must(t, os.Remove(path))
		old.want(t, cli.Failed, "but the database holds", "people", "list")
		old.want(t, cli.Failed, "there is no usable privacy.key", "doctor")
		if _, err := os.Stat(path); err == nil {
			t.Error("another key was made")
		}
		must(t, os.WriteFile(path, []byte(key), 0o600))
		old.want(t, cli.OK, "1 persons.", "people", "list")
	})
	t.Run("of before", func(t *testing.T) {
		at := newSite(t, store.SQLite)
		at.ok(t, "init")
		must(t, os.Remove(filepath.Join(at.data, installation.PrivacyKeyFile)))
		at.want(t, cli.OK, "Made the privacy key", "people", "list")
		if info, err := os.Stat(filepath.Join(at.data, installation.PrivacyKeyFile)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("key file %v, %v", info, err)
		}
	})
}

// Nobody is entered into a folder that was mistyped.
func TestPeopleNeedAnInstallation(t *testing.T) {
	t.Parallel()
	at := newSite(t, store.SQLite)
	at.want(t, cli.Failed, "run quanxiang init first", "people", "add", "吴试验", "--unit", "fgw")
	if list, err := os.ReadDir(at.data); err != nil || len(list) != 0 {
		t.Errorf("left %v, %v", list, err)
	}
}
