package installation

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/store"
)

// Keys is what a key file holds: the key that signs, and the public keys
// it replaced, which still verify what they signed.
type Keys struct {
	Signer *ledger.Signer
	Old    []string // public keys it replaced
}

// Public lists the public keys, the present one first.
func (k Keys) Public() []string { return append([]string{k.Signer.PublicKey()}, k.Old...) }

// CreateKey makes a new key for a ledger of a name such as
// "xicheng.example/ledger/110102" and writes it to the data folder. It returns
// Conflict if there is one already: a key is never overwritten.
func CreateKey(dir, origin string) (Keys, error) {
	private, _, err := NewKey(origin)
	if err == nil {
		err = WriteKey(dir, KeyFile, private+"\n")
	}
	if err != nil {
		return Keys{}, err
	}
	return ReadKeys(dir)
}

// NewKey makes the key pair of a ledger.
func NewKey(origin string) (private, public string, err error) {
	return ledger.NewKey(rand.Reader, origin)
}

// WriteKey makes a key file, KeyFile or PrivacyKeyFile, that only its owner may
// read. It returns Conflict if there is one: a key is never overwritten.
func WriteKey(dir, name, content string) error {
	path := filepath.Join(dir, name)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return gov.Errorf(gov.Conflict, "密钥文件 %s 已存在，不会覆盖", "the key file %s exists and is not overwritten", path)
	}
	if err != nil {
		return fmt.Errorf("make the key file: %w", err)
	}
	_, err = f.WriteString(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the key file: %w", err)
	}
	return nil
}

// ReadKeys reads the key file of a data folder: the private key in the
// first line, the public keys it replaced in the others. Lines that begin with
// # are comments.
func ReadKeys(dir string) (Keys, error) {
	path := filepath.Join(dir, KeyFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Keys{}, gov.Errorf(gov.NotFound, "没有账本私钥 %s，请先运行 quanxiang init", "there is no ledger key %s; run quanxiang init first", path)
	}
	if err != nil {
		return Keys{}, fmt.Errorf("read the ledger's key: %w", err)
	}
	var k Keys
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case k.Signer == nil:
			if k.Signer, err = ledger.NewSigner(line); err != nil {
				return Keys{}, fmt.Errorf("%s: %w", path, err)
			}
		default:
			k.Old = append(k.Old, line)
		}
	}
	if k.Signer == nil {
		return Keys{}, gov.Errorf(gov.Invalid, "%s 中没有私钥", "there is no private key in %s", path)
	}
	_, err = ledger.NewVerifier(k.Public()...)
	return k, err
}

// HeadKeeper is a store.HeadKeeper in a file.
type HeadKeeper string

func (k HeadKeeper) Load() ([]byte, error) {
	b, err := os.ReadFile(string(k))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// Save does not wait for the disk: what a power cut loses of it only makes it
// lag behind.
func (k HeadKeeper) Save(note []byte) error { return ReplaceFile(string(k), note, false) }

// NewSequencer makes the sequencer of the ledger whose key lies in a data
// folder.
func NewSequencer(db *store.DB, d gov.District, dir string, keys Keys) (*store.Sequencer, error) {
	return store.NewSequencer(db, d, keys.Signer, HeadKeeper(filepath.Join(dir, HeadFile)), keys.Old...)
}

// ReadPublicKeys takes public keys from a command line: each is a key itself or
// the name of a file with one to a line.
func ReadPublicKeys(args []string) (*ledger.Verifier, error) {
	var keys []string
	for _, a := range args {
		if strings.Contains(a, "+") {
			keys = append(keys, a)
			continue
		}
		b, err := os.ReadFile(a)
		if err != nil {
			return nil, gov.Errorf(gov.NotFound, "“%s”既不是公钥，也不是可读的公钥文件", "%q is neither a public key nor a file with one", a)
		}
		for line := range strings.Lines(string(b)) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				keys = append(keys, line)
			}
		}
	}
	return ledger.NewVerifier(keys...)
}
