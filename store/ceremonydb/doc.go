// Package ceremonydb keeps public draws: what was arranged, the transcripts line by
// line, what seal holders gave, the parties' sealed keys, and visits handed out. Each
// line is a ledger entry in the transaction that appends it.
package ceremonydb
