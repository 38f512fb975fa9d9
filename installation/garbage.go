package installation

import (
	"os"
	"runtime/debug"
)

// garbagePercent is how much garbage may pile up, in hundredths of what is alive, before
// it is collected. What a serving process keeps is some tens of megabytes, and almost
// all that a request makes is garbage when it is answered: collecting at four times
// what is alive instead of twice takes a tenth off the processor of a step and adds
// about a hundred megabytes.
const garbagePercent = 300

// CollectLess lets a serving process collect its garbage less often than Go does by
// itself. GOGC in the environment has the last word, and GOMEMLIMIT keeps its meaning.
func CollectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
}
