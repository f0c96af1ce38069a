package project

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

const module = "github.com/chuanhuabot/bot"

// pkg is a package as `go list` describes it; its Imports are direct ones.
type pkg struct {
	ImportPath string
	Name       string
	Standard   bool
	Imports    []string
}

// row says what packages may import of this module. Names are relative to the module and are patterns of path.Match; ""
// is the program itself. A package takes the first row that fits.
type row struct {
	from string
	to   []string
}

// house is the import rule.
var house = []row{
	{"", []string{"internal/app", "internal/config", "internal/report", "internal/scaffold", "channels/console", "sdk"}},
	{"internal/app", []string{"internal/config", "internal/control", "internal/report", "internal/strictyaml", "channels/*", "core", "core/*", "plugins/*", "sandbox", "sandbox/*", "sdk", "sdk/verify"}},
	{"internal/config", []string{"internal/strictyaml", "channels/*", "core", "sdk"}},
	{"internal/control", []string{"core"}},
	{"internal/strictyaml", []string{"sdk"}},
	{"internal/project", nil},
	{"internal/golden", nil},
	{"internal/logtest", nil},
	{"internal/report", nil},
	{"internal/scaffold", nil},
	{"channels/channeltest", []string{"core", "sdk"}},
	{"channels/internal/*", []string{"channels/internal/wx", "core", "core/audio", "internal/report", "sdk", "sdk/sniff"}},
	{"channels/*", []string{"channels/internal/*", "core", "core/audio", "internal/report", "sdk", "sdk/sniff"}},
	{"core", []string{"sdk"}},
	{"core/audio", []string{"sdk/sniff"}},
	{"core/*", []string{"core", "core/audio", "sdk"}},
	{"plugins/*", []string{"sdk", "sdk/command", "sdk/dialogue", "sdk/settings", "sdk/sniff", "sdk/state"}},
	{"sdk/sniff", nil},
	{"sdk/internal/pb", nil},
	{"sdk/command", []string{"sdk"}},
	{"sdk/dialogue", []string{"sdk"}},
	{"sdk/node", nil},
	{"sdk/python", nil}, // Go tests of what is in Python.
	{"sdk/sdktest", []string{"sdk"}},
	{"sdk/settings", []string{"sdk"}},
	{"sdk/state", []string{"sdk"}},
	{"sdk/verify", []string{"sdk", "sdk/internal/pb"}},
	{"sdk", []string{"sdk/internal/pb"}},
	{"sandbox", []string{"sandbox/*"}},
	{"sandbox/clock", nil},
	{"sandbox/journal", nil},
	{"sandbox/wire", nil},
	{"sandbox/page", nil},
	{"sandbox/media", []string{"sandbox/clock"}},
	{"sandbox/transcript", []string{"sandbox/journal"}},
	{"sandbox/traffic", []string{"sandbox/journal"}},
	{"sandbox/callback", []string{"sandbox/clock"}},
	{"sandbox/apihost", []string{"sandbox/clock", "sandbox/traffic"}},
	{"sandbox/mp", []string{"sandbox/apihost", "sandbox/callback", "sandbox/clock", "sandbox/media", "sandbox/traffic", "sandbox/transcript", "sandbox/wire"}},
	{"sandbox/kf", []string{"sandbox/apihost", "sandbox/callback", "sandbox/clock", "sandbox/media", "sandbox/traffic", "sandbox/transcript", "sandbox/wire"}},
	{"sandbox/kf/kftest", []string{"sandbox/wire"}},
	{"sandbox/world", []string{"sandbox/clock", "sandbox/journal", "sandbox/kf", "sandbox/mp", "sandbox/traffic", "sandbox/transcript"}},
	{"sandbox/control", []string{"sandbox/apihost", "sandbox/callback", "sandbox/kf", "sandbox/media", "sandbox/mp", "sandbox/traffic", "sandbox/transcript", "sandbox/wire", "sandbox/world"}},
	{"bench", []string{"internal/app", "channels/*", "core", "core/*", "plugins/*", "sdk"}},
	{"soak", []string{"sandbox/*", "sdk"}},
	{"examples/*", []string{"sdk", "sdk/sdktest"}},
}

// guests says who may import what comes from elsewhere, with everything below it. What has no row here nobody may: a
// new dependency begins with a row. Of the standard library only what has a row is limited.
var guests = []row{
	{"github.com/hashicorp/go-plugin", []string{"core/host", "sdk"}},
	{"github.com/hashicorp/go-hclog", []string{"core/host", "sdk"}},
	{"github.com/labstack/echo/v4", []string{"internal/app", "bench"}},
	{"github.com/nats-io/nats-server/v2", []string{"core/jetstore"}},
	{"github.com/nats-io/nats.go", []string{"core/jetstore"}},
	{"github.com/spf13/cobra", []string{""}},
	{"golang.org/x/sys", []string{"core/audio", "core/host"}},
	{"google.golang.org/grpc", []string{"core/host", "sdk", "sdk/internal/pb", "sdk/sdktest", "sdk/verify"}},
	{"google.golang.org/protobuf", []string{"sdk", "sdk/internal/pb", "sdk/verify"}},
	{"gopkg.in/yaml.v3", []string{"internal/config", "internal/strictyaml"}},
	{"net/http/httptest", nil},
	{"testing", []string{"channels/channeltest", "core/storetest", "internal/golden", "sdk/sdktest"}},
}

// vague are names under which anything could stand.
var vague = []string{"util", "utils", "common", "helper", "helpers", "manager", "base", "types"}

// broken returns every way in which packages break the rules, in the order of the packages.
func broken(packages []pkg) []string {
	var found []string
	for _, p := range packages {
		own, ok := relative(p.ImportPath)
		if !ok {
			continue
		}
		found = append(found, badName(own, p.Name)...)
		found = append(found, badNeighbours(own, p.Imports)...)
		found = append(found, badGuests(own, p.Imports, packages)...)
	}
	return found
}

// relative returns the path of one of our packages below the module.
func relative(importPath string) (string, bool) {
	if importPath == module {
		return "", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

func badName(own, name string) []string {
	for part := range strings.SplitSeq(own+"/"+name, "/") {
		if slices.Contains(vague, part) {
			return []string{fmt.Sprintf("%s: %q says nothing about what is in it", own, part)}
		}
	}
	return nil
}

func badNeighbours(own string, imports []string) []string {
	i := slices.IndexFunc(house, func(r row) bool { return matches(r.from, own) })
	if i < 0 {
		return []string{own + " has no place in the house: give it a row"}
	}
	var found []string
	for _, imported := range imports {
		to, ours := relative(imported)
		if ours && !slices.ContainsFunc(house[i].to, func(pattern string) bool { return matches(pattern, to) }) {
			found = append(found, fmt.Sprintf("%s must not import %s", own, to))
		}
	}
	return found
}

func badGuests(own string, imports []string, packages []pkg) []string {
	var found []string
	for _, imported := range imports {
		if _, ours := relative(imported); ours {
			continue
		}
		i := slices.IndexFunc(guests, func(r row) bool { return imported == r.from || strings.HasPrefix(imported, r.from+"/") })
		switch {
		case i < 0 && !standard(imported, packages):
			found = append(found, fmt.Sprintf("%s imports %s, which has no row", own, imported))
		case i >= 0 && !slices.ContainsFunc(guests[i].to, func(pattern string) bool { return matches(pattern, own) }):
			found = append(found, fmt.Sprintf("%s must not import %s", own, imported))
		}
	}
	return found
}

func standard(importPath string, packages []pkg) bool {
	return slices.ContainsFunc(packages, func(p pkg) bool { return p.ImportPath == importPath && p.Standard })
}

func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}
