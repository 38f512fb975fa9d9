package bench

import (
	"crypto/ed25519"
	"crypto/sha256"
	"testing"

	"quanxiang/draw"
	"quanxiang/draw/lot"
	"quanxiang/draw/outside"
	"quanxiang/draw/record"
)

// hold plays a plan that lacks its parties and instants from its record to the teams
// of its visits, and returns the lines and when the release is due.
func hold(b *testing.B, p record.Plan, times record.Times, d record.Data, attributes func(int, lot.UID) (salt, attributes []byte)) (c *draw.Campaign, transcript []byte, end int64) {
	b.Helper()
	key := func(by string) ed25519.PrivateKey {
		seed := sha256.Sum256([]byte(by))
		return ed25519.NewKeyFromSeed(seed[:])
	}
	party := func(by string) record.Party {
		return record.Party{Name: by, Key: [32]byte(key(by).Public().(ed25519.PublicKey))}
	}
	const round = 657413
	t3 := outside.Time(round)
	end = t3 + 86400
	chain := []lot.Hash{{7}}
	for range 3 {
		chain = append(chain, p.Suite.Next(p.ID, 0, chain[len(chain)-1]))
	}
	p.Authority, p.Platform, p.MinReveals = party(record.Authority), party(record.Platform), 2
	for i := range 3 {
		p.Witnesses = append(p.Witnesses, party(record.Witness(i)))
	}
	p.Auditors = []record.Party{party(record.Auditor(0)), party(record.Auditor(1))}
	p.Seals = []record.Seal{{Name: "seal", Key: party(record.SealHolder(0)).Key, Anchor: chain[3], Length: 3}}
	times.T1, times.T2, times.T3, times.T4, times.T5 = t3-3600, t3-1800, t3, t3+600, end
	p.Times = []record.Times{times}
	p.Outside = []record.Source{{Source: outside.Drand, Rounds: []int64{round}, Dates: []string{""}}}
	c, err := draw.NewCampaign(p, d, func(by string, m []byte) ([]byte, error) { return ed25519.Sign(key(by), m), nil })
	if err != nil {
		b.Fatal(err)
	}
	c.Attributes = attributes
	add := func(line []byte, err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
		transcript = append(transcript, line...)
	}
	add(c.Plan(t3 - 4000))
	for i := range 3 {
		add(c.Commit(t3-3700, draw.Commitment(&p, i, lot.Hash{byte(i)})))
	}
	add(c.Close(t3 - 3600))
	for i := range 3 {
		add(c.Reveal(t3-1900, i, lot.Hash{byte(i)}))
	}
	add(c.Outside(t3, "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"))
	add(c.Draw(t3+1, chain[2:3]))
	add(c.Assign(t3 + 1))
	return c, transcript, end
}
