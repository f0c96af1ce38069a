package strictyaml

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/internal/golden"
	"github.com/chuanhuabot/bot/sdk"
)

// kitchen has a field of every type.
type kitchen struct {
	Name    string         `yaml:"name" required:"true" doc:"What it is called."`
	Count   int            `yaml:"count" default:"7"`
	Ratio   float64        `yaml:"ratio" default:"0.5"`
	On      bool           `yaml:"on" default:"true"`
	Wait    time.Duration  `yaml:"wait" default:"20s" doc:"How long to wait."`
	Secret  sdk.Secret     `yaml:"secret" default:"unsafe"`
	Pattern *regexp.Regexp `yaml:"pattern" doc:"A pattern."`
	Mode    string         `yaml:"mode" default:"plain" enum:"plain|compatible|safe"`
	Levels  []string       `yaml:"levels" enum:"low|high"`
	List    []string       `yaml:"list"`
	One     []string       `yaml:"one,single"`
	Inner   struct {
		Deep string `yaml:"deep" default:"down"`
	} `yaml:"inner"`
	Pointer *deep        `yaml:"pointer"`
	Ordered Ordered[int] `yaml:"ordered" keys:"[a-z0-9-]+"`
	Items   []deep       `yaml:"items"`
	Free    Free         `yaml:"free"`
	Unread  chan int
	Not     chan int `yaml:"-"`
}

type deep struct {
	Deep string `yaml:"deep" required:"true"`
}

// testSecrets knows two variables, and the files in testdata.
func testSecrets() Secrets {
	return Secrets{Dir: "testdata", LookupEnv: func(name string) (string, bool) {
		value, ok := map[string]string{"SET": "hunter2", "EMPTY": ""}[name]
		return value, ok
	}}
}

// decodeString decodes text into a kitchen.
func decodeString(t *testing.T, text string) (kitchen, Problems) {
	t.Helper()
	var k kitchen
	doc, err := Parse("k.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	problems, _ := doc.Decode(&k, testSecrets())
	return k, problems
}

// Each file in testdata is named after the complaint that stands in the .want file next to it.
func TestDecode_Golden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("only %d files in testdata: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			got := complaint(t, file)
			if strings.Contains(got, "hunter2") {
				t.Errorf("a secret shows:\n%s", got)
			}
			golden.Compare(t, strings.TrimSuffix(file, ".yaml")+".want", got)
		})
	}
}

// complaint returns all that is wrong with a file, or "OK".
func complaint(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := Parse(filepath.Base(file), data)
	if err != nil {
		return err.Error() + "\n"
	}
	var k kitchen
	problems, _ := doc.Decode(&k, testSecrets())
	if err := problems.Err(); err != nil {
		return err.Error() + "\n"
	}
	return "OK\n"
}
