package facts

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"quanxiang/gov"
)

// maxLine bounds the facts of one enterprise; a list of 10,000 entries fits
// several times.
const maxLine = 16 << 20

// ReadLine reads a line without its end into buf; of one that is too long the
// rest is passed over, and it is TooLarge. At the end it is io.EOF.
func ReadLine(in *bufio.Reader, buf []byte) ([]byte, error) {
	long, some := false, false
	for {
		part, err := in.ReadSlice('\n')
		some = some || len(part) > 0
		if len(buf)+len(part) > maxLine+1 {
			long = true
		} else if !long {
			buf = append(buf, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!errors.Is(err, io.EOF) || !some):
			return buf, err
		case long:
			return buf[:0], gov.Errorf(gov.TooLarge, "一行超过 16 MB", "a line is over 16 MB")
		}
		return bytes.TrimSuffix(bytes.TrimSuffix(buf, []byte("\n")), []byte("\r")), nil
	}
}
