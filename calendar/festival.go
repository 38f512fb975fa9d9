package calendar

import (
	"strings"

	"quanxiang/gov"
)

// festivals are the English names of the holidays of the notices.
var festivals = map[string]string{
	"元旦": "New Year's Day", "春节": "Spring Festival", "清明节": "Qingming Festival", "劳动节": "Labour Day",
	"端午节": "Dragon Boat Festival", "中秋节": "Mid-Autumn Festival", "国庆节": "National Day",
	"中国人民抗日战争胜利70周年纪念日": "the 70th anniversary of victory in the War of Resistance",
}

// festival names a holiday in both languages. A notice may join names with "、"
// and bring new ones, which stay Chinese.
func festival(name string) gov.Text {
	parts := strings.Split(name, "、")
	for i, p := range parts {
		if en, ok := festivals[p]; ok {
			parts[i] = en
		}
	}
	return gov.Text{ZH: name, EN: strings.Join(parts, " and ")}
}
