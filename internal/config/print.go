package config

import (
	"encoding/json"
	"fmt"
)

// fmt prints what a pointer inside a struct points to without asking it, if the verb does not fit: %s of a Channel would
// show the token. What holds such pointers, or a secret, therefore prints itself.
var (
	_ fmt.Formatter = Config{}
	_ fmt.Formatter = Channel{}
	_ fmt.Formatter = NATS{}
)

// Format prints the configuration as JSON, whatever the verb, with *** for secrets.
func (c Config) Format(s fmt.State, _ rune) { printJSON(s, c) }

// Format prints the channel as JSON, whatever the verb, with *** for secrets.
func (c Channel) Format(s fmt.State, _ rune) { printJSON(s, c) }

// Format prints the cluster as JSON, whatever the verb, with *** for secrets.
func (n NATS) Format(s fmt.State, _ rune) { printJSON(s, n) }

func printJSON(s fmt.State, v any) {
	out, err := json.Marshal(v)
	if err != nil {
		out = []byte("***")
	}
	fmt.Fprintf(s, "%s", out)
}
