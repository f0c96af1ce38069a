// Package project holds the tests about the repository itself: who may import whom, what code looks like, and whether
// what the documentation shows is true. It has no code of its own.
package project
