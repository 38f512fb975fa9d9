// Package invent makes a catalogue of inspection items and a register of inspectors up,
// for demonstrations and measurements. It knows the registers of the reference pack.
package invent

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/registers/invent"
)

// item is an item of a department. Titles are of the trades departments really oversee.
type item struct {
	unit, title, subject, method, basis string
	share, times                        int
	never                               string
}

var items = []item{
	{"gsfj", "登记事项检查", "any", "onsite", "企业信息公示暂行条例第十四条", 30, 2, ""},
	{"gsfj", "公示信息检查", "enterprise", "document", "企业信息公示暂行条例第十四条", 30, 1, ""},
	{"gsfj", "广告行为检查", "any", "network", "广告法第四十九条", 20, 2, ""},
	{"gsfj", "网络交易检查", "enterprise", "network", "网络交易管理办法第三十九条", 20, 2, ""},
	{"gsfj", "无照经营查处", "any", "onsite", "无证无照经营查处办法", 0, 0, "依举报和巡查发现即时处理"},
	{"syj", "食品经营许可检查", "any", "onsite", "食品安全法第一百一十条", 50, 4, ""},
	{"syj", "餐饮服务食品安全检查", "any", "onsite", "食品安全法第一百一十条", 50, 4, ""},
	{"syj", "药品经营质量检查", "enterprise", "onsite", "药品管理法第六十四条", 50, 3, ""},
	{"syj", "食品抽样检验", "any", "sampling", "食品安全法第八十七条", 30, 4, ""},
	{"wjw", "医疗机构执业检查", "any", "onsite", "医疗机构管理条例第四十条", 40, 2, ""},
	{"wjw", "公共场所卫生检查", "any", "onsite", "公共场所卫生管理条例第十条", 30, 2, ""},
	{"wjw", "生活饮用水卫生检查", "any", "sampling", "生活饮用水卫生监督管理办法第十六条", 20, 2, ""},
	{"whw", "娱乐场所经营检查", "any", "onsite", "娱乐场所管理条例第三十二条", 40, 3, ""},
	{"whw", "出版物经营检查", "any", "onsite", "出版管理条例第七条", 30, 2, ""},
	{"whw", "文物经营检查", "enterprise", "onsite", "文物保护法第五十四条", 30, 1, ""},
	{"sww", "单用途预付卡检查", "enterprise", "document", "单用途商业预付卡管理办法", 20, 2, ""},
	{"sww", "零售商促销行为检查", "any", "onsite", "零售商促销行为管理办法", 20, 2, ""},
	{"sww", "家电维修服务检查", "any", "onsite", "家电维修服务业管理办法", 20, 1, ""},
	{"hbj", "餐饮油烟排放检查", "any", "onsite", "大气污染防治法第二十四条", 30, 3, ""},
	{"hbj", "排污单位检查", "enterprise", "sampling", "环境保护法第二十四条", 50, 4, ""},
	{"hbj", "环境应急处置", "any", "onsite", "突发环境事件应急管理办法", 0, 0, "突发事件须立即到场"},
	{"szw", "市政设施占用检查", "any", "onsite", "北京市市容环境卫生条例", 20, 2, ""},
	{"szw", "餐厨垃圾处置检查", "any", "onsite", "北京市生活垃圾管理条例", 40, 4, ""},
	{"szw", "燃气安全检查", "any", "onsite", "城镇燃气管理条例第四十一条", 30, 2, ""},
	{"xfzd", "消防安全重点场所检查", "any", "onsite", "消防法第五十三条", 50, 4, ""},
	{"xfzd", "消防设施维护检查", "any", "onsite", "消防法第五十三条", 30, 2, ""},
	{"xfzd", "举报火灾隐患核查", "any", "onsite", "消防监督检查规定第十五条", 0, 0, "须在法定时限内逐件核查"},
	{"zhijian", "产品质量检查", "enterprise", "sampling", "产品质量法第十五条", 30, 2, ""},
	{"zhijian", "计量器具检查", "any", "onsite", "计量法第十九条", 30, 2, ""},
	{"zhijian", "特种设备检查", "any", "onsite", "特种设备安全法第五十七条", 50, 2, ""},
	{"ajj", "安全生产条件检查", "enterprise", "onsite", "安全生产法第六十二条", 40, 3, ""},
	{"ajj", "危险化学品经营检查", "enterprise", "onsite", "危险化学品安全管理条例第七条", 50, 4, ""},
	{"ajj", "职业卫生检查", "enterprise", "document", "职业病防治法第六十二条", 30, 2, ""},
	{"rsj", "劳动用工检查", "any", "document", "劳动保障监察条例第十一条", 20, 2, ""},
	{"rsj", "人力资源服务机构检查", "enterprise", "onsite", "人力资源市场暂行条例", 40, 2, ""},
	{"rsj", "社会保险缴纳检查", "any", "document", "社会保险法第七十七条", 20, 1, ""},
	{"mzj", "社会团体活动检查", "social", "document", "社会团体登记管理条例第二十四条", 30, 1, ""},
	{"mzj", "民办非企业单位检查", "social", "onsite", "民办非企业单位登记管理暂行条例", 30, 1, ""},
	{"mzj", "养老机构检查", "any", "onsite", "养老机构管理办法", 50, 4, ""},
	{"mzj", "基金会年度检查", "social", "document", "基金会管理条例第三十六条", 0, 0, "依法每年对全部对象进行"},
}

// Units are the departments that have items, in their order.
func Units() (list []string) {
	for _, i := range items {
		if !slices.Contains(list, i.unit) {
			list = append(list, i.unit)
		}
	}
	return list
}

// Codes are the codes of a unit's items that are drawn by lot and about subjects of any
// kind.
func Codes(unit string) (list []string) {
	for n, i := range items {
		if i.unit == unit && i.never == "" && i.subject == "any" {
			list = append(list, code(n))
		}
	}
	return list
}

func code(n int) string { return fmt.Sprintf("XC-%s-%03d", items[n].unit, n+1) }

// Person is somebody of the staff who holds a certificate, too.
type Person struct{ Name, Login, Unit string }

// Catalogue is the items, as their departments push them.
func Catalogue() []invent.Table {
	t := invent.Tables{Register: "items"}
	head := []string{"key", "title", "unit", "subject", "content", "method", "basis", "mode", "reason", "share", "times", "from"}
	for n, i := range items {
		mode := "random"
		if i.never != "" {
			mode = "never"
		}
		t.Add("", i.unit, head, code(n), i.title, i.unit, i.subject, "检查主体遵守"+i.title+"所依据规定的情况。", i.method, i.basis, mode, i.never, some(i.share), some(i.times), "2016-01-01")
	}
	return t.List
}

func some(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// Inspectors makes n inspectors, the given persons first, with what they are qualified
// for, some leave and some conflicts with subjects, as their departments push it; the
// same for the same seed. Certificates that end soon are among them. Entries come first.
func Inspectors(p *policy.Pack, n int, staff []Person, subjects []string, day gov.Date, seed uint64) []invent.Table {
	r := rand.New(rand.NewPCG(seed, 46))
	t, told := invent.Tables{Register: "inspectors"}, invent.Tables{Register: "inspectors"}
	units, streets := Units(), p.AreasOf(policy.StreetLevel)
	for i := range n {
		who := Person{Name: fmt.Sprintf("虚构检查员%d", i+1), Unit: units[i%len(units)]}
		if i < len(staff) {
			who = staff[i]
		}
		certificate := fmt.Sprintf("XN%s%06d", p.District, i+1)
		street := ""
		if len(streets) > 0 {
			street = streets[r.IntN(len(streets))].Code
		}
		expires := day.Add(500 + r.IntN(900))
		if i%37 == 11 {
			expires = day.Add(r.IntN(55)) // to be renewed
		}
		t.Add("", who.Unit, []string{"key", "name", "unit", "login", "issued", "expires", "street", "district"}, certificate, who.Name, who.Unit, who.Login,
			day.Add(-100-r.IntN(600)).String(), expires.String(), street, []string{"是", "否"}[r.IntN(2)])
		for k, x := range items {
			if x.unit == who.Unit && (i < len(staff) || r.IntN(5) > 0) {
				told.Add("qualification", who.Unit, []string{"subject", "item", "date"}, certificate, code(k), day.Add(-90).String())
			}
		}
		if i%11 == 5 {
			from := day.Add(r.IntN(120))
			told.Add("leave", who.Unit, []string{"subject", "from", "to"}, certificate, from.String(), from.Add(1+r.IntN(12)).String())
		}
		if i%7 == 3 && len(subjects) > 0 {
			told.Add("conflict", who.Unit, []string{"subject", "firm", "date", "reason"}, certificate, subjects[r.IntN(len(subjects))], day.Add(-30).String(), "近亲属任职")
		}
	}
	return append(t.List, told.List...)
}
