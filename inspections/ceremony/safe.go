package ceremony

import (
	"context"
	"crypto/ed25519"
	"sync"
	"time"

	"quanxiang/draw/party"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/people/passwords"
	"quanxiang/policy"
	"quanxiang/privacy"
)

// OpenFor is how long an unlocked key stays in memory.
const OpenFor = 30 * time.Minute

// Safe keeps the keys of parties who act with their accounts: sealed under a
// passphrase in the store, unlocked in memory only.
type Safe struct {
	Store    Store
	District gov.District
	Hasher   *passwords.Hasher
	Clock    gov.Clock // that of the draws

	mu   sync.Mutex
	keys map[gov.ID]opened
}

type opened struct {
	key   party.Key
	until time.Time
}

func (s *Safe) place(person gov.ID) privacy.Place {
	return privacy.Place{District: s.District, Table: "draw_keys", Column: "sealed", Key: person.String()}
}

// mayHaveKey refuses whoever can be no party of a draw.
func mayHaveKey(by people.Standing) error {
	var err error
	for _, a := range []policy.Act{policy.HoldDraws, policy.WitnessDraws, policy.SealDraws, policy.AttestDraws} {
		if err = people.Can(by, a, people.Object{}); err == nil {
			return nil
		}
	}
	return err
}

// Make makes a person's key of party.Random bytes of chance, seals it and leaves it
// unlocked. A person has one key and keeps it: who forgets the passphrase can be no
// party with the account any more, and uses a key file.
func (s *Safe) Make(ctx context.Context, by people.Standing, passphrase string, random []byte) error {
	if err := mayHaveKey(by); err != nil {
		return err
	}
	if err := passwords.Check(passphrase, by.Name); err != nil {
		return err
	}
	k, err := party.NewKey(by.Name, random)
	if err != nil {
		return err
	}
	stretched, params, err := s.Hasher.Stretch(ctx, passphrase, "")
	if err != nil {
		return err
	}
	sealed := privacy.KeyringOf(stretched).Seal(s.place(by.Person), k.File())
	err = s.Store.SaveKey(ctx, SealedKey{Person: by.Person, Public: k.Public(), Params: params, Sealed: sealed, At: by.At.UnixMilli()}, by.Actor())
	if err != nil {
		return err
	}
	s.put(by.Person, k, s.Clock())
	return nil
}

// Unlock opens a person's key for OpenFor.
func (s *Safe) Unlock(ctx context.Context, by people.Standing, passphrase string) error {
	if err := mayHaveKey(by); err != nil {
		return err
	}
	kept, err := s.Store.Key(ctx, by.Person)
	if err != nil {
		return err
	}
	stretched, _, err := s.Hasher.Stretch(ctx, passphrase, kept.Params)
	if err != nil {
		return err
	}
	file, err := privacy.KeyringOf(stretched).Open(s.place(by.Person), kept.Sealed)
	if err != nil {
		return gov.Errorf(gov.Forbidden, "口令不对", "the passphrase is wrong").On("passphrase").Because(err)
	}
	k, err := party.ParseKey(file)
	if err != nil {
		return err
	}
	public := k.Public()
	if !ed25519.PublicKey(public[:]).Equal(ed25519.PublicKey(kept.Public[:])) {
		return gov.Errorf(gov.Conflict, "密钥与登记的公钥不符", "the key is not that of the public key on record")
	}
	s.put(by.Person, k, s.Clock())
	return nil
}

func (s *Safe) put(person gov.ID, k party.Key, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys == nil {
		s.keys = map[gov.ID]opened{}
	}
	for p, o := range s.keys {
		if !now.Before(o.until) {
			delete(s.keys, p)
		}
	}
	s.keys[person] = opened{k, now.Add(OpenFor)}
}

// Lock forgets a person's key.
func (s *Safe) Lock(person gov.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.keys, person)
}

// Until is when a person's unlocked key is forgotten, zero when it is locked.
func (s *Safe) Until(person gov.ID, now time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o, ok := s.keys[person]; ok && now.Before(o.until) {
		return o.until
	}
	return time.Time{}
}

// Open is a person's unlocked key.
func (s *Safe) Open(person gov.ID, now time.Time) (party.Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.keys[person]
	if !ok || !now.Before(o.until) {
		delete(s.keys, person)
		return party.Key{}, gov.Errorf(gov.Conflict, "请先用口令打开您的抽取密钥", "unlock your draw key with its passphrase first")
	}
	return o.key, nil
}

// Has reports whether a person has a key.
func (s *Safe) Has(ctx context.Context, person gov.ID) (bool, error) {
	_, err := s.Store.Key(ctx, person)
	if gov.CodeOf(err) == gov.NotFound {
		return false, nil
	}
	return err == nil, err
}
