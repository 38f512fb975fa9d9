package xicheng_test

import (
	"slices"
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
)

// What people say leads to the class they mean: it is among the first three, and
// the first where the sentence leaves no doubt.
func TestClassesFromWords(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	list, ok := pack.List("classes")
	if !ok {
		t.Fatal("the pack has no classes")
	}
	for text, want := range map[string]string{
		"门口的路灯好几天不亮了":                "B0109",
		"胡同里一盏灯都不亮，走路害怕":             "B0109",
		"小区东门外马路上有个大坑":               "B0201",
		"人行道地砖松动，下雨天踩一脚水":            "B0202",
		"盲道被自行车占了":                   "B0203 E0504",
		"燃气井盖缺了一块":                   "B0107",
		"井盖丢了":                       "B0101 B0102 B0103",
		"过街天桥的台阶坏了":                  "B0205",
		"红绿灯不亮":                      "B0206",
		"公厕没有水，味道很大":                 "B0301",
		"垃圾桶满了没人收":                   "B0302",
		"墙根堆了一堆垃圾，臭得不行":              "E0102",
		"装修垃圾堆在路边":                   "E0103",
		"有人扔了个旧沙发和床垫在楼下":             "E0113",
		"楼下饭馆油烟呛人":                   "E0110",
		"晚上有人露天烧烤":                   "E0111",
		"电线杆上贴满小广告":                  "E0201",
		"工地半夜还在施工，吵得睡不着":             "E0303",
		"工地扬尘太大没有盖网":                 "E0301",
		"路面塌陷，出了一个大洞":                "E0401",
		"自来水管爆了，满街是水":                "E0402",
		"闻到很重的煤气味":                   "E0403",
		"一下雨这里就积水":                   "E0405",
		"便道上结冰，老人滑倒了":                "E0406 B0202",
		"电线垂下来快碰到人了":                 "E0407",
		"有小贩推三轮车卖菜":                  "E0501",
		"汽车停在便道上挡路":                  "E0503",
		"共享单车堆得到处都是":                 "E0504",
		"广场舞音响太吵":                    "E0507",
		"消防通道被车堵了":                   "E0508",
		"邻居家的狗不拴绳":                   "E0509",
		"有人私装地锁占车位":                  "E0510",
		"楼道里堆满纸箱":                    "E0603",
		"楼上加盖违建":                     "E0101",
		"一棵大树歪了，树枝快掉下来":              "B0402",
		"草坪里都是垃圾":                    "E0107 E0102 B0404",
		"消防栓漏水":                      "B0502 E0402",
		"The street light is out":    "B0109",
		"There is a deep pothole":    "B0201",
		"Loud music all night":       "E0507",
		"smell of gas near the gate": "E0403",
		"ＭＡＮＨＯＬＥ cover missing":      "B0101 B0102 B0103 B0105 B0106 B0107 B0108",
	} {
		var got []string
		for _, e := range list.Suggest(text, gov.Date{Year: 2026, Month: 1, Day: 5}, 3) {
			got = append(got, e.Text("alias"))
		}
		wanted := strings.Fields(want)
		if len(got) == 0 || !slices.Contains(wanted, got[0]) && !(len(wanted) > 1 && slices.ContainsFunc(got, func(s string) bool { return slices.Contains(wanted, s) })) {
			t.Errorf("%s: %v, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "   ", "您好", "😀😀", "qqq clamp", strings.Repeat("の", 20000)} {
		if got := list.Suggest(text, gov.Date{}, 3); len(got) > 0 {
			t.Errorf("%.20q: %v", text, got)
		}
	}
}
