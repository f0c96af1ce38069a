package kf

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// Config is what bot.yaml says about the customer service of one company. The tags are for its decoder: yaml is the key, default
// the value of a key that is not there, enum the values allowed, doc a sentence for people.
type Config struct {
	Path           string     `yaml:"path" required:"true" doc:"Path of the URL that is set in the console, such as /kf."`
	CorpID         string     `yaml:"corp_id" required:"true" doc:"ID of the company (企业ID), ww and 16 letters and digits."`
	Secret         sdk.Secret `yaml:"secret" doc:"Secret of the app, or of kf.weixin.qq.com, for calls to the platform; it may be missing until the console shows it, which is after the URL was verified."`
	Token          sdk.Secret `yaml:"token" required:"true" doc:"Token that is set in the console, at most 32 letters and digits."`
	AESKey         sdk.Secret `yaml:"aes_key" required:"true" doc:"EncodingAESKey that is set in the console, 43 letters and digits."`
	PreviousAESKey sdk.Secret `yaml:"previous_aes_key" doc:"EncodingAESKey that was set before, while the key is being changed."`
	APIBase        string     `yaml:"api_base" default:"https://qyapi.weixin.qq.com" doc:"Address of the platform's API, or of what stands in for it."`
	Proxy          sdk.Secret `yaml:"proxy" doc:"HTTP or SOCKS5 proxy for calls to the platform, such as one with an address on the app's list; a secret because it may contain a password."`

	Accounts    []string      `yaml:"accounts" doc:"The accounts to serve, by their open_kfid; all that the app may use if it is empty."`
	Poll        time.Duration `yaml:"poll" default:"1m" doc:"How often an account is asked for messages without a callback, in case one was missed."`
	ColdStart   time.Duration `yaml:"cold_start" default:"10m" doc:"How old a message may be to be answered where an account is read for the first time."`
	VoiceFormat string        `yaml:"voice_format" default:"amr" enum:"amr|silk" doc:"The format in which the platform gives what people say."`
	Watch       bool          `yaml:"watch" doc:"Show plugins what is said while a person has the conversation, as the events customer_message and servicer_message; what they answer is not sent."`

	Markdown   bool          `yaml:"markdown" default:"true" doc:"Turn Markdown in texts, which WeChat does not show, into plain text."`
	TextLimit  int           `yaml:"text_limit" default:"2048" doc:"The most bytes of UTF-8 in one text."`
	Quota      int           `yaml:"quota" default:"5" doc:"How many messages the platform takes after a message of the customer."`
	QuotaFor   time.Duration `yaml:"quota_for" default:"48h" doc:"For how long it takes them."`
	More       string        `yaml:"more" default:"（还有内容，回复任意消息即可继续。）" doc:"Said at the end of the last message that the platform takes if there is more; nothing if it is empty."`
	Confirm    time.Duration `yaml:"confirm" default:"30s" doc:"How long the platform may take to report that a message that it has taken was not delivered."`
	RepeatCode int           `yaml:"repeat_code" default:"40058" doc:"The errcode for a message that was sent before, which no page names."`
	Freshness  time.Duration `yaml:"freshness" default:"5m" doc:"How far the timestamp of a callback may be from our clock."`

	Handoff Handoff `yaml:"handoff" doc:"Who takes over when a plugin gives a conversation to a person."`
}

// Handoff says who takes over.
type Handoff struct {
	To          string   `yaml:"to" default:"queue" enum:"queue|servicer" doc:"Whether customers wait in the queue, or get a servicer at once: then the queue is for the case that none receives customers."`
	Servicers   []string `yaml:"servicers" doc:"The userids of those who may get a customer; all servicers of the account if neither is set. Of those who receive customers it is who has the fewest."`
	Departments []int    `yaml:"departments" doc:"The departments whose members may get a customer, by their ids."`
	AgentID     int      `yaml:"agent_id" doc:"AgentId of the app: then it tells the servicer who gets a customer, or the servicers if the customer waits in the queue, who it is and why; 0 tells nobody."`
	Notice      string   `yaml:"notice" default:"正在为您转接人工客服，请稍候。" doc:"Said to the customer who is given to a person; nothing if it is empty."`
}

// minFreshness leaves room for the platform's repeats, which carry the timestamp of the first try.
const minFreshness = 30 * time.Second

var (
	tokenPattern   = regexp.MustCompile(`^[A-Za-z0-9]{1,32}$`)
	accountPattern = regexp.MustCompile(`^wk[0-9A-Za-z_-]{1,62}$`)
)

// Validate returns every mistake, each with its field. The messages contain no values.
func (c *Config) Validate() sdk.Problems {
	var p sdk.Problems
	c.checkIdentity(&p)
	c.checkAddresses(&p)
	c.checkIngest(&p)
	c.checkSending(&p)
	c.Handoff.validate(&p)
	return p
}

func (c *Config) checkIdentity(p *sdk.Problems) {
	if !strings.HasPrefix(c.Path, "/") || strings.ContainsAny(c.Path, "?#:* \t\r\n") {
		p.Add("path", "must start with / and have neither a query nor : or *, such as /kf")
	}
	if c.CorpID == "" || strings.ContainsFunc(c.CorpID, func(r rune) bool { return r <= ' ' || r > '~' }) {
		p.Add("corp_id", "must be the ID that the console shows as 企业ID, such as ww0123456789abcdef")
	}
	if !tokenPattern.MatchString(c.Token.Value()) {
		p.Add("token", "must be 1 to 32 letters and digits, the same as in the console")
	}
	if c.AESKey.Empty() {
		p.Add("aes_key", "is needed: the EncodingAESKey of the console")
	}
	checkKey(p, "aes_key", c.AESKey)
	checkKey(p, "previous_aes_key", c.PreviousAESKey)
}

func checkKey(p *sdk.Problems, field string, key sdk.Secret) {
	if key.Empty() {
		return
	}
	if _, err := wx.NewKey(key.Value()); err != nil {
		p.Add(field, "must be exactly 43 letters and digits, the same as in the console")
	}
}

func (c *Config) checkAddresses(p *sdk.Problems) {
	if !isURL(c.APIBase, "http", "https") {
		p.Add("api_base", "must be an http or https address, such as https://qyapi.weixin.qq.com")
	}
	if !c.Proxy.Empty() && !isURL(c.Proxy.Value(), "http", "https", "socks5") {
		p.Add("proxy", "must be an http, https or socks5 address, such as http://10.0.0.1:3128")
	}
}

func isURL(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && slices.Contains(schemes, u.Scheme)
}

func (c *Config) checkIngest(p *sdk.Problems) {
	for _, id := range c.Accounts {
		if !accountPattern.MatchString(id) {
			p.Add("accounts", "must be open_kfids, such as wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q")
			break
		}
	}
	if sorted := slices.Sorted(slices.Values(c.Accounts)); len(slices.Compact(slices.Clone(sorted))) < len(sorted) {
		p.Add("accounts", "must not name an account twice")
	}
	if c.Poll < 10*time.Second || c.Poll > time.Hour {
		p.Add("poll", "must be 10s to 1h; the platform closes an account for a minute that is asked too often without a callback")
	}
	if c.ColdStart < 0 || c.ColdStart > 72*time.Hour {
		p.Add("cold_start", "must be 0s to 72h; the platform keeps messages for three days")
	}
	if c.VoiceFormat != "amr" && c.VoiceFormat != "silk" {
		p.Add("voice_format", "must be amr or silk")
	}
	if c.Freshness < minFreshness {
		p.Add("freshness", "must be at least 30s, or repeats of the platform would be refused; 5m is usual")
	}
}

func (c *Config) checkSending(p *sdk.Problems) {
	if c.TextLimit < 256 || c.TextLimit > 1<<16 {
		p.Add("text_limit", "must be 256 to 65536 bytes; the platform takes 2048")
	}
	if len(c.More) > max(c.TextLimit, 256)/4 {
		p.Add("more", "is too long: a quarter of text_limit at the most")
	}
	if c.Quota < 1 || c.Quota > 1000 {
		p.Add("quota", "must be 1 to 1000; the platform takes 5")
	}
	if c.QuotaFor < time.Minute || c.QuotaFor > 30*24*time.Hour {
		p.Add("quota_for", "must be 1m to 720h; the platform takes messages for 48h")
	}
	if c.Confirm < 0 || c.Confirm > 10*time.Minute {
		p.Add("confirm", "must be 0s to 10m")
	}
}

func (h *Handoff) validate(p *sdk.Problems) {
	if h.To != "queue" && h.To != "servicer" {
		p.Add("handoff.to", "must be queue or servicer")
	}
	if len(h.Notice) > 1024 {
		p.Add("handoff.notice", "must have at most 1024 bytes")
	}
	if slices.ContainsFunc(h.Departments, func(id int) bool { return id < 1 }) {
		p.Add("handoff.departments", "must be ids of departments, such as 2")
	}
	if h.AgentID < 0 {
		p.Add("handoff.agent_id", "must be the AgentId that the console shows for the app, such as 1000002")
	}
	for _, id := range h.Servicers {
		if strings.TrimSpace(id) == "" || len(id) > 64 {
			p.Add("handoff.servicers", "must be userids, such as zhangsan")
			break
		}
	}
}
