package jetstore

import "errors"

// errLocked is returned by lockFile for a file that another process, or another store of this one, has locked.
//
// Each lockFile opens a file, or makes it, and locks it until it is closed or the process ends, however it ends.
var errLocked = errors.New("locked")
