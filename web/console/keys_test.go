package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"quanxiang/gov"
)

var keyOf = regexp.MustCompile(`<code class="hash">(qxk_[^<]+)</code>`)

// A key from its making to its end: its secret is shown once.
func TestLifeOfAKey(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.get(s.admin, "/console/keys").wants(t, "no keys", 200, "还没有密钥")
	form := []string{"name", "市民热线平台", "unit", "", "contact", "运维组 010-00000000", "rate", "600", "scope", "filing"}
	s.post(s.admin, "/console/keys/new", form...).wants(t, "without a unit", 422, "请选择单位", `value="市民热线平台"`, `href="#key-unit"`)
	form[3], form[7] = "fgw", "many"
	s.post(s.admin, "/console/keys/new", form...).wants(t, "no number", 422, "每小时次数应为", `href="#key-rate"`)
	form[7] = "600"
	a := s.post(s.admin, "/console/keys/new", form...).wants(t, "a key", 200, "只显示这一次", "市民热线平台")
	m := keyOf.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("no key on the page: %s", textOf(a.body))
	}
	if strings.Contains(a.body, "whsec_") {
		t.Error("a key that signs nothing has a signing secret")
	}
	k, err := s.keys.Use(t.Context(), m[1])
	must(t, err)
	list := s.get(s.admin, "/console/keys").wants(t, "the list", 200, "市民热线平台", "运维组 010-00000000", "600", "!"+m[1], "!从未使用")
	path := "/console/keys/" + k.ID.String() + "/revoke"
	if !strings.Contains(list.body, path) {
		t.Errorf("no way to take it back: %s", textOf(list.body))
	}
	s.get(s.admin, path).wants(t, "before it is taken back", 200, "市民热线平台", "不能恢复")
	s.post(s.admin, path).goes(t, "taken back", "/console/keys?done=revoked")
	if _, err := s.keys.Use(t.Context(), m[1]); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("it still works: %v", err)
	}
	s.get(s.admin, "/console/keys?done=revoked").wants(t, "afterwards", 200, "密钥已停用。", "2026年11月24日", "!"+path)
	s.post(s.admin, path).wants(t, "once more", http.StatusConflict, "已经停用")
	s.get(s.admin, "/console/keys/x/revoke").wants(t, "no key", 404)

	for _, path := range []string{"/console/keys", "/console/keys/new", path} {
		s.get(s.auditor, path).wants(t, path+" for the auditor", 403)
		s.get(s.clerk, path).wants(t, path+" for a clerk", 403)
		s.send("", "GET", path, "", nil).wants(t, path+" for nobody", 401)
	}
	s.post(s.auditor, "/console/keys/new", form...).wants(t, "the auditor makes a key", 403)
}

// A key for registers shows its signing secret and no other; no key is for everything.
func TestScopesOfKeys(t *testing.T) {
	t.Parallel()
	s := open(t)
	form := []string{"name", "监管平台", "unit", "gsfj", "contact", "运维组", "rate", "600", "scope", ""}
	for _, wrong := range []string{"", "all", "whatever"} {
		form[9] = wrong
		s.post(s.admin, "/console/keys/new", form...).wants(t, "for "+wrong, 422, "请选择密钥的用途")
	}
	for scope, name := range map[string]string{"registers": "报送名录", "reading": "只读名录"} {
		form[9] = scope
		s.post(s.admin, "/console/keys/new", form...).wants(t, "a key", 200, "whsec_", "!qxk_")
		s.get(s.admin, "/console/keys").wants(t, "the list", 200, name)
	}
}
