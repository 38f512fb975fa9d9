package ui

import (
	"testing"

	"quanxiang/gov"
)

// A page in English marks the Chinese it quotes, and nothing else.
func TestMixed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why, in, want string
		lang          gov.Lang
	}{
		{"a Chinese page marks nothing", "区财政局 & <b>", "区财政局 &amp; &lt;b&gt;", gov.ZH},
		{"English words alone", "In force", "In force", gov.EN},
		{"a name in a sentence", "there is no unit “某局”.", `there is no unit “<span lang="zh-CN">某局</span>”.`, gov.EN},
		{"a number is one quotation", "Repealed by 西政发〔2022〕2号.", `Repealed by <span lang="zh-CN">西政发〔2022〕2号</span>.`, gov.EN},
		{"letters part quotations", "停车 and 养老", `<span lang="zh-CN">停车</span> and <span lang="zh-CN">养老</span>`, gov.EN},
		{"escaped inside and outside", "<区>&", `&lt;<span lang="zh-CN">区</span>&gt;&amp;`, gov.EN},
		{"cut in the middle of a character", "区\xe5", `<span lang="zh-CN">区</span>` + "\xe5", gov.EN},
	} {
		if got := mixed(c.in, c.lang); string(got) != c.want {
			t.Errorf("%s: mixed(%q) = %q, want %q", c.why, c.in, got, c.want)
		}
	}
}
