// Package state keeps a plugin's data as Go values, in JSON: what it knows of one conversation with Load and Save, and what it
// keeps beside conversations, through its Host, in Values.
package state
