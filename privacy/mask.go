package privacy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// compound lists the surnames of two characters in use. A name that begins
// with one shows both.
var compound = func() map[string]bool {
	set := map[string]bool{}
	for _, s := range strings.Fields(`欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫
		宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良
		漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 第五 公仪 公乘 太公
		仲长 叔孙 屈突 尔朱 东乡 相里 胡母 司城 张廖 雍门 毋丘 贺兰 綦毋 屋庐 独吉 完颜 纳兰 叶赫 爱新`) {
		set[s] = true
	}
	return set
}()

// dots part the names of peoples that write them so: 阿卜杜拉·艾合买提.
const dots = "·•‧・．."

// MaskName shows the surname and a star for each further character: 张三 is
// 张*, 欧阳明日 is 欧阳**. A name with a dot shows its first character and
// three stars, and so does one in other letters, whose length says much.
func MaskName(name string) string {
	runes := []rune(strings.TrimSpace(name))
	switch {
	case len(runes) == 0:
		return ""
	case len(runes) == 1:
		return "*"
	case strings.ContainsAny(name, dots) || !unicode.Is(unicode.Han, runes[0]):
		return string(runes[0]) + "***"
	}
	shown := 1
	if len(runes) > 2 && compound[string(runes[:2])] {
		shown = 2
	}
	return string(runes[:shown]) + strings.Repeat("*", min(len(runes)-shown, 3))
}

// MaskPhone shows the first three and the last four digits of a mobile number,
// 138****5678, and of any other number its last two only.
func MaskPhone(phone string) string {
	if m, err := ParseMobile(phone); err == nil {
		return m[:3] + "****" + m[7:]
	}
	return maskTail(phone, 2)
}

// MaskEmail shows the first character and the domain: z***@example.cn.
func MaskEmail(address string) string {
	address = strings.TrimSpace(address)
	at := strings.LastIndexByte(address, '@')
	if at <= 0 {
		return maskTail(address, 0)
	}
	first, _ := utf8.DecodeRuneInString(address)
	return string(first) + "***" + address[at:]
}

// MaskAccount shows the last four digits of a bank account: **** 1234.
func MaskAccount(account string) string { return maskTail(account, 4) }

// maskTail shows at most n characters at the end, and never half of the value
// or more.
func maskTail(s string, n int) string {
	runes := []rune(strings.Join(strings.Fields(s), ""))
	if len(runes) == 0 {
		return ""
	}
	n = min(n, (len(runes)-1)/2)
	return "****" + string(runes[len(runes)-n:])
}
