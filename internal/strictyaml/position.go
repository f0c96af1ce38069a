package strictyaml

import (
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// find follows a dotted path such as "routes[0].to" down from n and returns the node to point at: the value, if it is a
// scalar and there, and otherwise the key of the deepest part of the path that is.
func find(n *yaml.Node, path string) *yaml.Node {
	at := n
	for path != "" {
		key, value, rest := step(n, path)
		if key == nil {
			return at
		}
		at, n, path = key, value, rest
	}
	if n.Kind == yaml.ScalarNode && n.Value != "" {
		return n
	}
	return at
}

// step takes one part off path and returns the node that names it, its value and the rest; nil if it is not there.
func step(n *yaml.Node, path string) (key, value *yaml.Node, rest string) {
	switch n.Kind {
	case yaml.MappingNode:
		return stepKey(n, path)
	case yaml.SequenceNode:
		return stepIndex(n, path)
	}
	return nil, nil, ""
}

// stepKey prefers the longest key that fits, because keys may contain dots.
func stepKey(n *yaml.Node, path string) (key, value *yaml.Node, rest string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		after, ok := strings.CutPrefix(path, k.Value)
		if !ok || k.Value == "" || (after != "" && after[0] != '.' && after[0] != '[') {
			continue
		}
		if key == nil || len(k.Value) > len(key.Value) {
			key, value, rest = k, n.Content[i+1], strings.TrimPrefix(after, ".")
		}
	}
	return key, value, rest
}

// stepIndex takes "[2]" as well as "2".
func stepIndex(n *yaml.Node, path string) (key, value *yaml.Node, rest string) {
	digits := strings.TrimPrefix(path, "[")
	end := strings.IndexAny(digits, "].[")
	if end < 0 {
		end = len(digits)
	}
	i, err := strconv.Atoi(digits[:end])
	if err != nil || i < 0 || i >= len(n.Content) {
		return nil, nil, ""
	}
	rest = strings.TrimPrefix(strings.TrimPrefix(digits[end:], "]"), ".")
	return n.Content[i], n.Content[i], rest
}

// join adds a name to a dotted path.
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// joinIndex adds the number of an element to a dotted path.
func joinIndex(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
