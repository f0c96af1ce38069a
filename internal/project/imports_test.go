package project

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"testing"
)

const root = "../.."

// TestImports holds the rule of docs/architecture.md: a package imports only what stands further right. Files for other
// systems count too.
func TestImports(t *testing.T) {
	for _, system := range []string{"linux", "darwin", "windows"} {
		t.Run(system, func(t *testing.T) {
			t.Parallel()
			packages := mustList(t, system)
			if len(packages) < 100 {
				t.Fatalf("go list knows only %d packages", len(packages))
			}
			for _, complaint := range broken(packages) {
				t.Error(complaint)
			}
		})
	}
}

// TestGuests_RowsAreUsed finds rows that name a package which is not there.
func TestGuests_RowsAreUsed(t *testing.T) {
	packages := mustList(t, "windows")
	for _, guest := range guests {
		for _, host := range guest.to {
			i := slices.IndexFunc(packages, func(p pkg) bool { own, ok := relative(p.ImportPath); return ok && own == host })
			if i < 0 {
				t.Errorf("%s may be imported by %q, which is not there", guest.from, host)
			}
		}
	}
}

func mustList(t *testing.T, system string) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Name,Standard,Imports", "./...")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, stderr.String())
	}
	var packages []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// TestBroken holds the checker itself to invented packages.
func TestBroken(t *testing.T) {
	tests := map[string]struct {
		in   pkg
		want []string
	}{
		"the program":              {of("", "internal/app", "@os"), nil},
		"the program takes a port": {of("", "core/host"), []string{" must not import core/host"}},
		"app wires":                {of("internal/app", "channels/mp", "core/host", "plugins/echo", "@github.com/labstack/echo/v4/middleware"), nil},
		"app writes yaml":          {of("internal/app", "@gopkg.in/yaml.v3"), []string{"internal/app must not import gopkg.in/yaml.v3"}},
		"config asks core/host":    {of("internal/config", "core/host"), []string{"internal/config must not import core/host"}},
		"channel":                  {of("channels/kf", "channels/internal/wx", "core", "sdk", "@net/http"), nil},
		"channel asks a channel":   {of("channels/kf", "channels/mp"), []string{"channels/kf must not import channels/mp"}},
		"channel asks the config":  {of("channels/kf", "internal/config"), []string{"channels/kf must not import internal/config"}},
		"channel asks a store":     {of("channels/kf", "core/jetstore"), []string{"channels/kf must not import core/jetstore"}},
		"wx asks its channel":      {of("channels/internal/wx", "channels/mp"), []string{"channels/internal/wx must not import channels/mp"}},
		"fields ask wx":            {of("channels/internal/fields", "channels/internal/wx", "sdk"), nil},
		"wx asks the fields":       {of("channels/internal/wx", "channels/internal/fields"), []string{"channels/internal/wx must not import channels/internal/fields"}},
		"core":                     {of("core", "sdk", "@net/http"), nil},
		"core asks a channel":      {of("core", "channels/mp"), []string{"core must not import channels/mp"}},
		"core starts a plugin":     {of("core", "@github.com/hashicorp/go-plugin"), []string{"core must not import github.com/hashicorp/go-plugin"}},
		"core speaks gRPC":         {of("core", "@google.golang.org/grpc/status"), []string{"core must not import google.golang.org/grpc/status"}},
		"core serves":              {of("core", "@net/http/httptest"), []string{"core must not import net/http/httptest"}},
		"core stores":              {of("core", "@github.com/nats-io/nats.go"), []string{"core must not import github.com/nats-io/nats.go"}},
		"a similar name":           {of("core", "@gopkg.in/yaml.v30"), []string{"core imports gopkg.in/yaml.v30, which has no row"}},
		"host asks a store":        {of("core/host", "core/jetstore"), []string{"core/host must not import core/jetstore"}},
		"plugin":                   {of("plugins/voice", "sdk", "@encoding/json"), nil},
		"plugin asks core":         {of("plugins/voice", "core"), []string{"plugins/voice must not import core"}},
		"plugin asks the wire":     {of("plugins/voice", "@google.golang.org/protobuf/proto"), []string{"plugins/voice must not import google.golang.org/protobuf/proto"}},
		"sdk asks core":            {of("sdk", "core"), []string{"sdk must not import core"}},
		"sdk stores":               {of("sdk", "@github.com/nats-io/nats.go"), []string{"sdk must not import github.com/nats-io/nats.go"}},
		"sandbox":                  {of("sandbox", "sandbox/page", "@net/http"), nil},
		"sandbox asks a channel":   {of("sandbox", "channels/mp"), []string{"sandbox must not import channels/mp"}},
		"sandbox asks the bot":     {of("sandbox/world", "core"), []string{"sandbox/world must not import core"}},
		"sandbox asks its cipher":  {of("sandbox/kf", "channels/internal/wx"), []string{"sandbox/kf must not import channels/internal/wx"}},
		"testing in the product":   {of("core/memstore", "@testing"), []string{"core/memstore must not import testing"}},
		"a new dependency":         {of("core", "@example.com/x"), []string{"core imports example.com/x, which has no row"}},
		"a new room":               {of("cellar"), []string{"cellar has no place in the house: give it a row"}},
		"a vague room":             {of("core/util"), []string{`core/util: "util" says nothing about what is in it`}},
		"two at once":              {of("sdk", "core", "channels/mp"), []string{"sdk must not import core", "sdk must not import channels/mp"}},
		"somebody else's package":  {pkg{ImportPath: "example.com/util", Imports: []string{"net/http/httptest"}}, nil},
	}
	library := []pkg{{ImportPath: "os", Standard: true}, {ImportPath: "net/http", Standard: true}, {ImportPath: "encoding/json", Standard: true}}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := broken(append([]pkg{test.in}, library...)); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestBroken_VagueName finds a vague name that the folder does not have.
func TestBroken_VagueName(t *testing.T) {
	p := of("core/memstore")
	p.Name = "types"
	if got := broken([]pkg{p}); len(got) != 1 {
		t.Errorf("got %q", got)
	}
}

// of invents a package of ours with imports of ours, and of others after an @.
func of(own string, imports ...string) pkg {
	p := pkg{ImportPath: module}
	if own != "" {
		p.ImportPath += "/" + own
	}
	for _, name := range imports {
		if name[0] == '@' {
			p.Imports = append(p.Imports, name[1:])
			continue
		}
		p.Imports = append(p.Imports, module+"/"+name)
	}
	return p
}
