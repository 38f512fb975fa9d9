package hooks

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"quanxiang/gov"
)

// secretMark begins a secret as it is written.
const secretMark = "whsec_"

// secretSize is how many random bytes a new secret has: as many as the hash.
const secretSize = 32

// NewSecret draws a secret.
func NewSecret() string {
	b := make([]byte, secretSize)
	rand.Read(b)
	return secretMark + base64.StdEncoding.EncodeToString(b)
}

// Sign returns the header webhook-signature of a message: a signature for each
// of the secrets, which are written as NewSecret does. It returns Invalid for
// what is no secret.
func Sign(secrets []string, id string, at time.Time, body []byte) (string, error) {
	list := make([]string, len(secrets))
	for i, s := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, secretMark))
		if err != nil || len(key) < 24 || len(key) > 64 {
			return "", gov.Errorf(gov.Invalid, "签名密钥无法识别", "a signing secret cannot be read")
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		mac.Write(body)
		list[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return strings.Join(list, " "), nil
}
