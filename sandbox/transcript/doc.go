// Package transcript keeps what each person said and saw on a simulated platform, when, and why not.
package transcript
