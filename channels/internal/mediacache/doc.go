// Package mediacache keeps what was fetched of a platform's media for a while, in files, so that media that several plugins ask for is
// fetched once.
package mediacache
