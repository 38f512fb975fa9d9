package main

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/people/oidc"
	"quanxiang/web/door"
)

// loginOptions say how the staff log in and whose word is taken for where a
// request comes from. All may stand in the environment; the secret of the client
// stands there or in a file, never on a command line, which others see.
type loginOptions struct {
	proxies, label string
	secret         string // from the environment
	secretFile     string
	scopes, strong string // lists
	oidc           oidc.Config
}

func loginFlags(e *cli.Env, fs *flag.FlagSet) *loginOptions {
	o := &loginOptions{secret: e.Getenv("QUANXIANG_OIDC_SECRET")}
	add := func(to *string, name, zh, en string) {
		env := "QUANXIANG_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		fs.StringVar(to, name, e.Getenv(env), gov.Text{ZH: zh, EN: en}.In(e.Lang))
	}
	add(&o.proxies, "trusted-proxy", "可信的反向代理，地址或 CIDR，逗号分隔；只采信它们写的 X-Forwarded-For", "reverse proxies whose X-Forwarded-For is believed: addresses or CIDRs, separated by commas")
	add(&o.oidc.Issuer, "oidc-issuer", "统一身份认证（OpenID Connect）的 issuer 网址", "issuer address of an OpenID Connect identity provider")
	add(&o.oidc.ClientID, "oidc-client-id", "在认证服务登记的 client id", "client id registered there")
	add(&o.secretFile, "oidc-secret-file", "存放 client secret 的文件；也可用环境变量 QUANXIANG_OIDC_SECRET", "file with the client's secret; or QUANXIANG_OIDC_SECRET in the environment")
	add(&o.label, "oidc-label", "登录页上认证服务的名称", "what the login page calls the provider")
	add(&o.oidc.StaffNo, "oidc-staff-no", "ID 令牌中存放工号的声明；首次登录据此绑定", "claim of the ID token with the staff number, which binds at the first login")
	add(&o.strong, "oidc-strong", "表示已核实第二因素的 amr 或 acr 值，逗号分隔", "values of amr or acr that mean a second factor was seen, separated by commas")
	add(&o.scopes, "oidc-scopes", "除 openid 外请求的 scope，逗号分隔", "scopes to ask for besides openid, separated by commas")
	return o
}

// trusted reads the list of proxies.
func (o *loginOptions) trusted() ([]netip.Prefix, error) {
	return networks("--trusted-proxy", o.proxies)
}

// provider is the identity provider, nil when none is configured.
func (o *loginOptions) provider(s *system, baseURL string) (door.Provider, error) {
	c := o.oidc
	if c.Issuer == "" {
		if c.ClientID != "" || o.secretFile != "" || o.secret != "" {
			return nil, gov.Errorf(gov.Invalid, "写了统一身份认证的其他参数，却没有 --oidc-issuer。", "There are settings of an identity provider but no --oidc-issuer.")
		}
		return nil, nil
	}
	c.ClientSecret = o.secret
	if o.secretFile != "" {
		b, err := os.ReadFile(o.secretFile)
		if err != nil {
			return nil, gov.Errorf(gov.NotFound, "打不开文件“%s”。", "Cannot open %q.", o.secretFile).Because(err)
		}
		c.ClientSecret = strings.TrimSpace(string(b))
	}
	c.Redirect = strings.TrimSuffix(baseURL, "/") + door.CallbackPath
	c.Strong, c.Scopes = commaList(o.strong), commaList(o.scopes)
	p, err := oidc.New(c, s.pack.District, s.ring, time.Now, nil)
	if err != nil {
		return nil, fmt.Errorf("identity provider: %w", err)
	}
	return p, nil
}

// commaList parts a list; empty pieces are none.
func commaList(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}
