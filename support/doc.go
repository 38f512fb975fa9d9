// Package support is the room of support programmes as they are run: what the
// district knows of an applicant before anybody asks it. What a programme gives is
// computed in room rules.
package support
