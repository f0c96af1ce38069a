package mp

import (
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/chuanhuabot/bot/sdk"
)

// Paths returns where the channel wants to be called: the platform's path, and those of the voice page if there is one. See
// core.Webhook.
func (c *Config) Paths() []string {
	if c.VoicePage == "" {
		return []string{c.Path}
	}
	return []string{c.Path, c.VoicePage, c.VoicePage + "/*"}
}

var (
	pagePattern     = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+$`)
	originalPattern = regexp.MustCompile(`^gh_[A-Za-z0-9]{1,32}$`)
)

func (c *Config) checkVoicePage(p *sdk.Problems) {
	switch {
	case c.VoicePage == "":
	case !pagePattern.MatchString(c.VoicePage) || path.Clean(c.VoicePage) != c.VoicePage:
		p.Add("voice_page", "must start with / and have letters, digits and .-_~ between slashes, such as /wx/voice")
	case c.Path == c.VoicePage || strings.HasPrefix(c.Path, c.VoicePage+"/"):
		p.Add("voice_page", "must not be path, nor stand above it; /wx/voice is usual")
	}
	if c.PublicURL != "" && !isOrigin(trimmed(c.PublicURL)) {
		p.Add("public_url", "must be http or https and a host, without a path, such as https://bot.example.com")
	}
	if c.OriginalID != "" && !originalPattern.MatchString(c.OriginalID) {
		p.Add("original_id", "must be the original ID (原始ID) that the WeChat console shows, such as gh_0123456789ab")
	}
	if c.OAuth {
		c.checkOAuth(p)
	}
}

func (c *Config) checkOAuth(p *sdk.Problems) {
	if !isURL(c.OAuthBase, "http", "https") {
		p.Add("oauth_base", "must be an http or https address, such as https://open.weixin.qq.com")
	}
	switch {
	case c.VoicePage == "":
		p.Add("oauth", "is for the voice page: write voice_page too")
	case c.AppSecret.Empty():
		p.Add("oauth", "needs app_secret")
	case c.Account == "unverified":
		p.Add("oauth", "needs account: verified (a verified 服务号) or test: the platform refuses it to all others")
	case c.OriginalID == "":
		p.Add("oauth", "needs original_id, so that what a person says on the page is in the same conversation as what they write")
	}
}

// isOrigin tells whether s is what browsers call an origin.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && s == u.Scheme+"://"+strings.ToLower(u.Host)
}

func trimmed(address string) string { return strings.TrimSuffix(address, "/") }
