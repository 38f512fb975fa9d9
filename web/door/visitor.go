package door

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"quanxiang/people"
	"quanxiang/web/who"
)

// visitor is what the office may know of a browser.
func (d *Door) visitor(r *http.Request) people.Visitor {
	return people.Visitor{Device: d.cookie(r, deviceCookie), Source: d.source(r), Agent: agent(r.UserAgent())}
}

// source is where a request comes from. Of an IPv6 address it is the network, of
// which one visitor has all addresses.
func (d *Door) source(r *http.Request) string {
	at := who.Address(r, d.Proxies)
	switch {
	case !at.IsValid():
		return ""
	case at.Is6():
		return netip.PrefixFrom(at, 64).Masked().String()
	}
	return at.String()
}

// sign is a mark in a browser's name for itself and what people call it.
type sign struct{ mark, word string }

// Most browsers claim to be others as well; the more special come first.
var (
	browsers = []sign{{"MicroMessenger", "微信"}, {"DingTalk", "钉钉"}, {"Edg", "Edge"}, {"OPR/", "Opera"}, {"HuaweiBrowser", "华为浏览器"}, {"QQBrowser", "QQ 浏览器"},
		{"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
	systems = []sign{{"OpenHarmony", "HarmonyOS"}, {"HarmonyOS", "HarmonyOS"}, {"Windows", "Windows"}, {"iPhone", "iPhone"}, {"iPad", "iPad"},
		{"Android", "Android"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}}
)

// agent names browser and system as their owner recognises them; "" for what is
// no known browser.
func agent(header string) string {
	var words []string
	for _, list := range [][]sign{browsers, systems} {
		if i := slices.IndexFunc(list, func(s sign) bool { return strings.Contains(header, s.mark) }); i >= 0 {
			words = append(words, list[i].word)
		}
	}
	return strings.Join(words, " · ")
}
