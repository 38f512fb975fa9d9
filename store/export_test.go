package store

// What the tests of the outside package need from the inside.
var (
	Classify  = classify
	ExecOne   = execOne
	Retryable = retryable
)

func (t Table) SelectRow() string { return t.selectRow() }
func (t Table) SelectAll() string { return t.selectAll() }
func (t Table) InsertRow() string { return t.insertRow() }
