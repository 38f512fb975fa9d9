package open311

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"quanxiang/policy"
)

// Limits of what may be sent.
const (
	maxDescription = 4000     // characters, by the specification
	MaxBody        = 24 << 20 // bytes of a POST with files
	maxForm        = 1 << 20  // bytes of a POST without
	inMemory       = 1 << 20  // bytes of files kept in memory, the rest in temporary files
	maxMedia       = 6
	maxURLs        = 10
)

// posted reads the parameters of a POST from body and query, the body first,
// and the files. Whoever calls it must call done when the files were read.
func posted(r *http.Request) (p *params, media []Media, done func() error, err error) {
	done = func() error { return nil }
	kind := "application/x-www-form-urlencoded" // what it means to say nothing
	if h := r.Header.Get("Content-Type"); h != "" {
		if kind, _, err = mime.ParseMediaType(h); err != nil {
			return nil, nil, done, wrong(codeBody, "无法识别 Content-Type", "the Content-Type cannot be read")
		}
	}
	values := url.Values{}
	switch kind {
	case "application/x-www-form-urlencoded":
		b, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxForm))
		if err != nil {
			return nil, nil, done, err
		}
		if values, err = url.ParseQuery(string(b)); err != nil {
			return nil, nil, done, wrong(codeBody, "请求正文不是表单", "the body is no form")
		}
	case "multipart/form-data":
		if err := r.ParseMultipartForm(inMemory); err != nil {
			if gone(err) {
				return nil, nil, done, err
			}
			return nil, nil, done, wrong(codeBody, "请求正文不是表单", "the body is no form")
		}
		done = r.MultipartForm.RemoveAll
		maps.Copy(values, r.MultipartForm.Value)
		media = filesOf(r.MultipartForm.File)
	default:
		return nil, nil, done, wrong(codeBody, "请求正文应为 application/x-www-form-urlencoded 或 multipart/form-data", "the body must be application/x-www-form-urlencoded or multipart/form-data")
	}
	for name, list := range r.URL.Query() {
		values[name] = append(values[name], list...)
	}
	p = &params{values: values}
	for name, list := range values {
		if !utf8.ValidString(name) || slices.ContainsFunc(list, func(v string) bool { return !utf8.ValidString(v) }) {
			return nil, nil, done, wrong(codeBody, "请求正文不是 UTF-8", "the body is not UTF-8")
		}
	}
	if len(media) > maxMedia {
		p.fail(codeInvalid, "文件最多 %[1]d 个", "there may be up to %[1]d files", maxMedia)
	}
	return p, media, done, nil
}

// gone reports that a body ended for a reason that is no matter of its form.
func gone(err error) bool {
	code := problemsOf(err)[0].code
	return code == codeTooLarge || code == codeUnavailable
}

// filesOf are the files of a form in a stable order, whatever their fields are
// called: media, file_1 and photo1 are in use.
func filesOf(all map[string][]*multipart.FileHeader) []Media {
	var list []Media
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, h := range all[name] {
			if h.Size == 0 { // a field for a file that was left empty
				continue
			}
			list = append(list, Media{Name: h.Filename, Type: h.Header.Get("Content-Type"), Size: h.Size, Open: func() (io.ReadCloser, error) { return h.Open() }})
		}
	}
	return list
}

// urls reads where pictures lie. They are kept as text and never fetched.
func (p *params) urls(name string) []string {
	list := p.all(name)
	for _, s := range list {
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(s) > maxParameter {
			p.fail(codeInvalid, "参数 %[1]s 应为 http 或 https 网址", "the parameter %[1]s must be an http or https address", name)
			return nil
		}
	}
	if len(list) > maxURLs {
		p.fail(codeInvalid, "参数 %[1]s 最多 %[2]d 项", "the parameter %[1]s may have up to %[2]d values", name, maxURLs)
		return nil
	}
	return list
}

// report reads what is to be filed.
func (p *params) report() Report {
	r := Report{Service: p.one("service_code"), Place: p.place(), Attributes: p.attributes(), Description: p.prose("description", maxDescription),
		Person: p.person(), MediaURLs: p.urls("media_url")}
	if r.Service == "" {
		p.fail(codeNoService, "缺少 service_code", "service_code is missing")
	}
	if r.Place.Point == nil && r.Place.Address == "" && r.Place.AddressID == "" && !slices.ContainsFunc(p.wrong, func(x problem) bool { return x.code == codeNoPlace }) {
		p.fail(codeNoPlace, "缺少地点：请提供 lat 与 long、address_string 或 address_id", "there is no place: give lat and long, address_string or address_id")
	}
	return r
}

// update reads what a client has to say on a request.
func (p *params) update() NewUpdate {
	u := NewUpdate{Request: p.one("service_request_id"), ID: p.one("update_id"), Status: policy.Detail(strings.ToUpper(p.one("status"))), At: p.time("updated_datetime"),
		Description: p.prose("description", maxDescription), Person: p.person(), MediaURLs: p.urls("media_url")}
	if u.Request == "" {
		p.fail(codeInvalid, "缺少 service_request_id", "service_request_id is missing")
	}
	if u.Status != "" && !u.Status.Known() {
		p.fail(codeInvalid, "无法识别的 status：%[1]s", "unknown status: %[1]s", u.Status)
	}
	return u
}

// digest is the keyed digest of texts, 128 bits of it: who does not know the key cannot
// look for two that are alike. Where one ends and the next begins is
// part of it.
func digest(key []byte, texts ...string) string {
	mac := hmac.New(sha256.New, key)
	for _, s := range texts {
		mac.Write(binary.AppendUvarint(nil, uint64(len(s))))
		mac.Write([]byte(s))
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

// fingerprint is what makes two reports of a key the same: everything their
// sender says but files, pictures and the device, which may differ when it is
// said again.
func (r Report) fingerprint(key []byte) string {
	texts := []string{"report", r.Key.String(), r.Service, r.Place.Address, r.Place.AddressID, r.Description, r.Person.Name, r.Person.Email, r.Person.Phone, r.Person.Account}
	if r.Place.Point != nil {
		texts = append(texts, r.Place.Point.String())
	}
	for _, code := range slices.Sorted(maps.Keys(r.Attributes)) {
		texts = append(texts, "attribute", code)
		texts = append(texts, slices.Sorted(slices.Values(r.Attributes[code]))...)
	}
	return digest(key, texts...)
}

// fingerprint is what makes two updates of a key the same: the client's id, or
// without one everything it says.
func (u NewUpdate) fingerprint(key []byte) string {
	if u.ID != "" {
		return digest(key, "update", u.Key.String(), u.Request, u.ID)
	}
	return digest(key, "unnamed update", u.Key.String(), u.Request, string(u.Status), u.At.UTC().Format(layouts[0]), u.Description, u.Person.Name, u.Person.Email)
}

// idempotencyKey reads the header of that name.
func idempotencyKey(r *http.Request) (string, error) {
	s := strings.TrimSpace(r.Header.Get("Idempotency-Key"))
	if len(s) > 255 || !utf8.ValidString(s) {
		return "", wrong(codeInvalid, "Idempotency-Key 最多 255 字节", "an Idempotency-Key has up to 255 bytes")
	}
	return s, nil
}
