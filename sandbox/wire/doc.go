// Package wire is the platforms' half of the callback wire: signatures, the AES envelope, bodies in the layout in which they
// arrive, and a reader of replies that takes no more than the platforms do. It shares nothing with the channels, so that
// a mistake of theirs does not meet itself here.
package wire
