package desk_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"quanxiang/store/storetest"
)

// pictureOf is a picture in PNG.
func pictureOf(t testing.TB, w, h int) string {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{uint8(x * 255 / w), uint8(y * 255 / h), 90, 255})
		}
	}
	var b bytes.Buffer
	must(t, png.Encode(&b, m))
	return b.String()
}

// A picture is made anew, small, looked at and masked before everybody may see
// it; who made it fit, and who took that back, stands in the ledger.
func TestPictures(t *testing.T) {
	t.Parallel()
	o := setup(t)
	at, _, clerk, _ := running(t, o)
	path := at + "/do/update"
	told, err := os.ReadFile("../../files/photo/testdata/told.jpg")
	must(t, err)
	later := func() { o.mu.Lock(); defer o.mu.Unlock(); o.now = o.now.Add(time.Minute) } // files are in the order they came
	attach := func(name, content string, pairs ...string) string {
		t.Helper()
		later()
		form := clerk.get(path).is(200).form(path, append([]string{"f-progress", "30", "f-report", "进展"}, pairs...)...)
		page := clerk.postFiles(path, form, upload{"f-evidence", name, content}).follow()
		list := regexp.MustCompile(`/files/([0-9a-f]{64})/small`).FindAllStringSubmatch(page.body, -1)
		if len(list) == 0 {
			t.Fatal("the page shows no picture")
		}
		return at + "/files/" + list[len(list)-1][1]
	}

	secret := string(told) + "<script>alert(1)</script>"
	first := attach("现场.jpeg", secret)
	clerk.get(at).is(200).says("照片", "公开前须查看", "2026-05-17 08:30").hides("39.912300")
	got := clerk.get(first).is(200)
	if got.head.Get("Content-Type") != "image/jpeg" || strings.Contains(got.body, "Exif") || strings.Contains(got.body, "script") {
		t.Error("more than pixels came through")
	}
	small := clerk.get(first + "/small").is(200)
	if _, err := jpeg.Decode(strings.NewReader(small.body)); err != nil || !strings.Contains(small.head.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the small picture: %v", err)
	}
	big := attach("大图.png", pictureOf(t, 3000, 1200), "f-evidence.place", "1")
	clerk.get(at).is(200).says("大图.jpg")
	m, err := jpeg.Decode(strings.NewReader(clerk.get(big).is(200).body))
	must(t, err)
	if m.Bounds() != image.Rect(0, 0, 2560, 1024) {
		t.Errorf("it is kept with %v", m.Bounds())
	}

	// The place is kept where the sender agreed.
	turned := strings.Replace(string(told), "\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06", "\x01\x12\x00\x03\x00\x00\x00\x01\x00\x08", 1)
	attach("再拍.jpg", turned, "f-evidence.place", "1")
	clerk.get(at).is(200).says("相机记录的位置", "39.912300,116.366000")

	// Masking: the form says what is wrong, the copy is fit, the picture is not.
	mask := big + "/mask"
	page := clerk.get(mask).is(200).says("公开前查看照片", "没有要遮挡的", "第 9 行第 12 列")
	clerk.post(mask, page.form(mask)).is(http.StatusUnprocessableEntity).says("请先选出要遮挡的地方")
	clerk.post(mask, page.form(mask, "area", "1,2")).is(http.StatusUnprocessableEntity).says("遮挡区域无法识别")
	later()
	shown := clerk.post(mask, page.form(mask, "area", "0,0,5000,5000")).follow().says("遮挡副本", "可以公开", "公开前须查看")
	copies := regexp.MustCompile(`/files/([0-9a-f]{64})/small`).FindAllStringSubmatch(shown.body, -1)
	masked := at + "/files/" + copies[len(copies)-1][1]
	m, err = jpeg.Decode(strings.NewReader(clerk.get(masked).is(200).body))
	must(t, err)
	r0, g0, _, _ := m.At(900, 100).RGBA()
	r1, g1, _, _ := m.At(100, 300).RGBA() // far off, and the same but for the pattern
	if d := int(r0>>8) - int(r1>>8); d < -40 || d > 40 {
		t.Errorf("the area still shows: %d %d, %d %d", r0>>8, g0>>8, r1>>8, g1>>8)
	}
	clerk.get(masked + "/mask").is(200).says("已确认可以公开")
	clerk.post(masked+"/fit", page.form(mask, "fit", "0")).follow().hides("可以公开")
	clerk.post(first+"/fit", page.form(mask, "fit", "1")).follow().says("可以公开")

	// Who is no party sees no picture and masks none.
	outsider := o.person("外人", "sjj clerk")
	for _, p := range []string{first, first + "/small", first + "/mask", masked} {
		outsider.get(p).is(http.StatusNotFound)
	}
	outsider.post(mask, page.form(mask, "area", "0,0,5000,5000")).is(http.StatusNotFound)
	outsider.post(first+"/fit", page.form(mask, "fit", "0")).is(http.StatusNotFound)
	storetest.Sound(t, o.db)
}

// An old photograph sent again, or made smaller, is told from a new one.
func TestPicturesThatLookTheSame(t *testing.T) {
	t.Parallel()
	o := setup(t)
	at, _, clerk, _ := running(t, o)
	path := at + "/do/update"
	attach := func(name, content string) *page {
		t.Helper()
		form := clerk.get(path).is(200).form(path, "f-progress", "30", "f-report", "进展")
		return clerk.postFiles(path, form, upload{"f-evidence", name, content}).follow()
	}
	attach("处置前.png", sceneOf(t, 800, 600, 1)).hides("几乎相同")
	attach("处置后.png", sceneOf(t, 800, 600, 2)).hides("几乎相同")
	attach("纯色.png", pictureOf(t, 300, 200)).hides("几乎相同")
	attach("纯色小图.png", pictureOf(t, 150, 100)).hides("几乎相同")
	attach("处置后二.png", sceneOf(t, 400, 300, 1)).says("与另一张照片几乎相同：", "本案的另一张照片")
}

// sceneOf is a picture of bright and dark fields, others for another seed.
func sceneOf(t testing.TB, w, h int, seed uint64) string {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	var light [6][7]uint8
	for y := range light {
		for x := range light[y] {
			light[y][x] = uint8(random.UintN(256))
		}
	}
	m := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetGray(x, y, color.Gray{Y: light[y*6/h][x*7/w]})
		}
	}
	var b bytes.Buffer
	must(t, png.Encode(&b, m))
	return b.String()
}
