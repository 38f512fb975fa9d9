// Package invented makes up names and numbers that are nobody's.
package invented

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Family names are the most common ones, given names are words of nature that
// nobody takes for a real official.
const (
	familyNames = "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕"
	givenNames  = "春耕 夏荷 秋实 冬青 晨曦 朝霞 松涛 竹影 梅岭 兰溪 云帆 雪原 星河 山泉 海棠 柳岸 枫林 麦田 稻香 清溪 石桥 青苔 白杨 红叶 长亭 远山 新月 晚晴 雨燕 银杏"
)

// Names yields different names in an order drawn from a source.
type Names struct {
	family, given []string
	order         []int
}

// NewNames returns names in an order drawn from rng.
func NewNames(rng *rand.Rand) *Names {
	n := &Names{family: strings.Fields(familyNames), given: strings.Fields(givenNames)}
	n.order = rng.Perm(len(n.family) * len(n.given))
	return n
}

// Name is the ith name. When all have been used they begin again.
func (n *Names) Name(i int) string {
	k := n.order[i%len(n.order)]
	return n.family[k%len(n.family)] + n.given[k/len(n.family)]
}

// Mobile is the ith number of the prefix 154, which is given to nobody.
func Mobile(i int) string { return fmt.Sprintf("154%08d", i) }
