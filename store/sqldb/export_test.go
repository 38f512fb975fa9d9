package sqldb

// Retryable is what the tests of the outside package need from the inside.
var (
	Retryable = retryable
	InsertOf  = insertOf
)
