package photo

import (
	"bytes"
	"slices"

	"quanxiang/gov"
)

// Kind is a format of pictures, told by the first bytes.
type Kind string

// The kinds. Those of HEIF are recognised to say what to do; they are not read.
const (
	None Kind = ""
	JPEG Kind = "jpeg"
	PNG  Kind = "png"
	WebP Kind = "webp"
	GIF  Kind = "gif" // its first frame
	HEIC Kind = "heic"
	AVIF Kind = "avif"
)

// HeadSize is how many bytes KindOf looks at.
const HeadSize = 64

// KindOf tells a picture by its first HeadSize bytes, None for what is none.
func KindOf(head []byte) Kind {
	starts := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	switch {
	case starts("\xff\xd8\xff"):
		return JPEG
	case starts("\x89PNG\r\n\x1a\n"):
		return PNG
	case starts("RIFF") && len(head) >= 12 && string(head[8:12]) == "WEBP":
		return WebP
	case starts("GIF87a"), starts("GIF89a"):
		return GIF
	case len(head) >= 16 && string(head[4:8]) == "ftyp":
		return heifKind(head)
	}
	return None
}

// heifKind tells HEIF by the brands of its first box (ISO/IEC 14496-12, 4.3): the
// major one, a version, and as many more as the head shows.
func heifKind(head []byte) Kind {
	brands := []string{string(head[8:12])}
	for at := 16; at+4 <= min(len(head), int(head[3])|int(head[2])<<8); at += 4 {
		brands = append(brands, string(head[at:at+4]))
	}
	has := func(list ...string) bool {
		return slices.ContainsFunc(brands, func(b string) bool { return slices.Contains(list, b) })
	}
	switch {
	case has("avif", "avis"):
		return AVIF
	case has("heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"):
		return HEIC
	}
	return None
}

// Refused says why a kind of picture cannot be read and what to do, nil for one
// that can.
func (k Kind) Refused() *gov.Error {
	switch k {
	case HEIC:
		return gov.Errorf(gov.Unsupported, "这是 HEIC 照片，本站读不了。苹果手机请在“设置－相机－格式”里选“兼容性最佳”再拍，或在“照片”里把它导出为 JPEG；安卓手机请关闭相机的“高效图片格式”",
			"this is a HEIC photograph, which cannot be read here. On an iPhone choose Settings, Camera, Formats, Most Compatible and take it again, or export it from Photos as JPEG; on Android switch off the camera's high efficiency pictures")
	case AVIF:
		return gov.Errorf(gov.Unsupported, "这是 AVIF 图片，本站读不了。请另存为 JPEG 或 PNG 再上传", "this is an AVIF picture, which cannot be read here. Save it as JPEG or PNG and send that")
	case None:
		return gov.Errorf(gov.Unsupported, "这不是照片。可用 JPEG、PNG、WebP 和 GIF", "this is no photograph. JPEG, PNG, WebP and GIF can be read")
	}
	return nil
}
