package sqldb

// What the tests of the outside package need from the inside.
var (
	Retryable = retryable
	InsertOf  = insertOf
	KeysOf    = keysOf
)

// Shared is what transactions write together, given what each has waiting.
func Shared(queues ...[]Statement) (texts []string, args [][]any) {
	aboard := make([]*passenger, len(queues))
	for i, q := range queues {
		aboard[i] = &passenger{}
		for _, s := range q {
			st := statement{query: s.Query, args: s.Args, rows: s.Rows}
			if s.Rows != nil {
				st.args = []any{s.District}
			}
			aboard[i].queue = append(aboard[i].queue, st)
		}
	}
	for _, p := range shared(aboard) {
		for text, a := range p.texts() {
			texts, args = append(texts, text), append(args, a)
		}
	}
	return texts, args
}

// Statement is one that waits: Query with Args, or an insert with Rows of a district.
type Statement struct {
	Query    string
	Args     []any
	District string
	Rows     [][]any
}
