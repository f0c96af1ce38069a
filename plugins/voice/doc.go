// Package voice is the bundled plugin that makes text of what people say. It is an ordinary plugin: what it does, any other can do.
//
// A recording comes through the Host, which converts what a backend does not take; so there is no codec here. A backend is a service, or a
// program of this machine, that says which formats it takes and makes text of them.
package voice
