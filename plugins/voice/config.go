package voice

import (
	_ "embed"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sniff"
)

//go:embed schema.json
var schema string

// config is what bot.yaml may set. Each backend has fields of its own.
type config struct {
	Backend    string   `json:"backend"`
	Mode       string   `json:"mode"`
	Timeout    string   `json:"timeout"`
	AtOnce     int      `json:"at_once"`
	MaxSeconds int      `json:"max_seconds"`
	Formats    []string `json:"formats"`
	Texts      texts    `json:"texts"`

	URL      string     `json:"url"`      // openai, tencent and aliyun.
	APIKey   sdk.Secret `json:"api_key"`  // openai.
	Model    string     `json:"model"`    // openai.
	Language string     `json:"language"` // openai.
	Prompt   string     `json:"prompt"`   // openai.

	SecretID  string     `json:"secret_id"`  // tencent.
	SecretKey sdk.Secret `json:"secret_key"` // tencent.
	Engine    string     `json:"engine"`     // tencent.

	AccessKeyID     string     `json:"access_key_id"`     // aliyun.
	AccessKeySecret sdk.Secret `json:"access_key_secret"` // aliyun.
	AppKey          string     `json:"app_key"`           // aliyun.
	TokenURL        string     `json:"token_url"`         // aliyun.

	Command []string `json:"command"` // command.

	timeout time.Duration
	formats []sniff.Format
}

// texts are what a person is told.
type texts struct {
	Reply        string `json:"reply"`
	Unheard      string `json:"unheard"`
	Unconfigured string `json:"unconfigured"`
}

const (
	modeForward = "forward"
	modeReply   = "reply"
	// placeholder is where the words go in texts.reply.
	placeholder = "{text}"
	// maxAtOnce and maxTimeout bound what can be meant.
	maxAtOnce  = 100
	maxTimeout = 10 * time.Minute
)

func defaults() config {
	return config{
		Mode: modeForward, Timeout: "25s", AtOnce: 4, MaxSeconds: 60,
		Texts: texts{
			Reply:        "收到你的语音消息，识别结果是: " + placeholder,
			Unheard:      "收到你的语音消息，但没有听清。",
			Unconfigured: "收到你的语音消息。由于未开启语音识别功能，无法显示语音内容。",
		},
		Model: "whisper-1", Language: "zh", Engine: "16k_zh",
	}
}

// backends returns what makes each backend. A maker adds what is wrong with the configuration to p, and then returns anything.
func backends() map[string]func(c *config, p *sdk.Problems) backend {
	return map[string]func(*config, *sdk.Problems) backend{
		"openai":  newOpenAI,
		"tencent": newTencent,
		"aliyun":  newAliyun,
		"command": newCommand,
	}
}

// check completes the configuration and returns its backend: nil if there is none. An error is all that is wrong.
func (c *config) check() (backend, error) {
	var p sdk.Problems
	if c.Mode != modeForward && c.Mode != modeReply {
		p.Add("mode", "must be forward or reply")
	}
	var err error
	if c.timeout, err = time.ParseDuration(c.Timeout); err != nil || c.timeout <= 0 || c.timeout > maxTimeout {
		p.Add("timeout", "must be a duration of at most 10m, such as 25s")
	}
	if c.AtOnce < 1 || c.AtOnce > maxAtOnce {
		p.Add("at_once", fmt.Sprintf("must be 1 to %d", maxAtOnce))
	}
	if c.MaxSeconds < 1 || c.MaxSeconds > 300 {
		p.Add("max_seconds", "must be 1 to 300")
	}
	if !strings.Contains(c.Texts.Reply, placeholder) {
		p.Add("texts.reply", "must say where the words go, as "+placeholder)
	}
	for _, name := range c.Formats {
		if !slices.Contains(sniff.Formats(), sniff.Format(name)) {
			p.Add("formats", fmt.Sprintf("%q is no format; there are %v", name, sniff.Formats()))
		}
		c.formats = append(c.formats, sniff.Format(name))
	}
	b := c.backend(&p)
	return b, p.Err()
}

func (c *config) backend(p *sdk.Problems) backend {
	if c.Backend == "" {
		for _, field := range c.filled() {
			p.Add(field, "does nothing without a backend; write one, such as `backend: openai`")
		}
		return nil
	}
	newBackend, ok := backends()[c.Backend]
	if !ok {
		p.Add("backend", "must be one of "+strings.Join(slices.Sorted(maps.Keys(backends())), ", "))
		return nil
	}
	return newBackend(c, p)
}

// filled returns the fields that only make sense with a backend, and are set.
func (c *config) filled() (fields []string) {
	for field, set := range map[string]bool{
		"url": c.URL != "", "api_key": !c.APIKey.Empty(), "secret_id": c.SecretID != "", "secret_key": !c.SecretKey.Empty(),
		"access_key_id": c.AccessKeyID != "", "access_key_secret": !c.AccessKeySecret.Empty(), "app_key": c.AppKey != "",
		"token_url": c.TokenURL != "", "command": len(c.Command) > 0,
	} {
		if set {
			fields = append(fields, field)
		}
	}
	slices.Sort(fields)
	return fields
}

// takes returns what of the formats that a backend can take it is to get: all, or those that the configuration names.
func (c *config) takes(can ...sniff.Format) []sniff.Format {
	if len(c.formats) == 0 {
		return can
	}
	return c.formats
}

// within adds a problem if the configuration names a format that the backend does not take.
func (c *config) within(p *sdk.Problems, can ...sniff.Format) []sniff.Format {
	for _, f := range c.formats {
		if !slices.Contains(can, f) {
			p.Add("formats", fmt.Sprintf("%s takes no %s; it takes %v", c.Backend, f, can))
		}
	}
	return c.takes(can...)
}

// address checks one, and returns the usual one if there is none.
func address(p *sdk.Problems, field, value, usual string) string {
	if value == "" {
		return usual
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		p.Add(field, "must be an address that begins with http:// or https://")
		return usual
	}
	return value
}

// needed adds a problem for each field that is empty.
func needed(p *sdk.Problems, backend string, fields map[string]bool) {
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if !fields[field] {
			p.Add(field, "is missing; "+backend+" needs it")
		}
	}
}
