package caseform

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"quanxiang/gov"
)

// UploadTime is how long a form with files may take to arrive, over a slow line.
const UploadTime = 5 * time.Minute

// formMemory is how many bytes of files wait in memory; the rest waits on the
// disk.
const formMemory = 1 << 20

// ReadForm reads a form, with files or without; one with files gets UploadTime.
// It returns TooLarge for one over the limit of the request, total bytes, and
// Invalid for what is no form.
func ReadForm(w http.ResponseWriter, r *http.Request, total int64) error {
	unreadable := func(err error) error {
		if _, tooBig := errors.AsType[*http.MaxBytesError](err); tooBig {
			return gov.Errorf(gov.TooLarge, "一次上传的文件合计不能超过 %d MB，请分几次上传。", "The files of one form may have %d MB together; send them in parts.", total>>20).Because(err)
		}
		return gov.Errorf(gov.Invalid, "表单内容无法识别。", "The form cannot be read.").Because(err)
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		if err := r.ParseForm(); err != nil {
			return unreadable(err)
		}
		return nil
	}
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(UploadTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("give an upload time: %w", err)
	}
	if err := r.ParseMultipartForm(formMemory); err != nil {
		return unreadable(err)
	}
	return nil
}
