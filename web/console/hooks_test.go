package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"quanxiang/gov"
)

var secretShown = regexp.MustCompile(`whsec_[A-Za-z0-9+/=&#;0-9]+`)

// An administrator keeps subscriptions; each secret is shown once.
func TestHooks(t *testing.T) {
	t.Parallel()
	s := open(t)
	const path = "/console/hooks"
	s.get(s.admin, path).wants(t, "none yet", 200, "还没有订阅", `aria-current="page">推送`)
	for _, as := range []gov.ID{s.auditor, s.clerk} {
		for _, p := range []string{path, path + "/new"} {
			s.get(as, p).wants(t, "not for them", http.StatusForbidden)
		}
		s.post(as, path+"/new", "about", "x", "url", "https://hooks.example/", "events", "duty.*").wants(t, "not for them", http.StatusForbidden)
	}
	s.get(s.admin, path+"/new").wants(t, "the form", 200, `value="duty.*"`, `value="duty.close"`, "核验办结", "已超期")
	s.post(s.admin, path+"/new", "about", "城管平台", "url", "http://hooks.example/in", "events", "duty.*").wants(t, "no TLS", 422, "https://", "城管平台", `value="duty.*" checked`)
	s.post(s.admin, path+"/new", "about", "城管平台", "url", "https://127.0.0.1/in", "events", "duty.*").wants(t, "inside", 422, "内部网络")
	s.post(s.admin, path+"/new", "about", "城管平台", "url", "https://hooks.example/in").wants(t, "no events", 422, "请选择事件")
	made := s.post(s.admin, path+"/new", "about", "城管平台", "url", "https://hooks.example/in", "events", "duty.*", "active", "on").wants(t, "made", 200, "whsec_", "离开本页后不再显示")
	first := secretShown.FindString(made.body)
	list := s.get(s.admin, path).wants(t, "the list", 200, "城管平台", "https://hooks.example/in", "推送中", "!whsec_")
	one := regexp.MustCompile(`href="(/console/hooks/[0-9a-f-]{36})"`).FindStringSubmatch(list.body)
	if one == nil {
		t.Fatal("the list leads nowhere")
	}
	page := s.get(s.admin, one[1]).wants(t, "its page", 200, "更换签名密钥", `name="revision" value="1"`, "!whsec_")
	if strings.Contains(page.body, first) {
		t.Error("the secret is shown again")
	}
	if second := secretShown.FindString(s.post(s.admin, one[1]+"/rotate").wants(t, "rotated", 200, "whsec_").body); second == first {
		t.Error("the new secret is the old one")
	}
	s.post(s.admin, one[1], "revision", "1", "about", "城管平台", "url", "https://hooks.example/in", "events", "duty.close", "active", "off").wants(t, "changed meanwhile", 409)
	s.post(s.admin, one[1], "revision", "2", "about", "城管平台", "url", "https://hooks.example/in", "events", "duty.close", "active", "off").goes(t, "changed", path+"?done=hook")
	s.get(s.admin, path).wants(t, "switched off", 200, "已停用")
	s.post(s.admin, path+"/deliveries/"+gov.NewID(now).String()+"/again").wants(t, "nothing was given up", http.StatusNotFound)
	s.get(s.admin, path+"/"+gov.NewID(now).String()).wants(t, "no such subscription", http.StatusNotFound)
	english := s.send(s.admin.String(), "GET", path+"/new?lang=en", "", nil)
	english.wants(t, "in English", 200, "New subscription", "A time limit has run out")
}
