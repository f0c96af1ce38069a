package voice

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sniff"
)

// aliyun is Alibaba Cloud's recognition of a sentence over REST (help.aliyun.com/document_detail/92131.html): at most 60 s and 2 MB.
type aliyun struct {
	service
	url    string
	appKey string
	tokens *aliyunTokens
	can    []sniff.Format
}

func newAliyun(c *config, p *sdk.Problems) backend {
	needed(p, "aliyun", map[string]bool{
		"access_key_id": c.AccessKeyID != "", "access_key_secret": !c.AccessKeySecret.Empty(), "app_key": c.AppKey != "",
	})
	s := newService()
	return &aliyun{
		service: s, url: address(p, "url", c.URL, "https://nls-gateway-cn-shanghai.aliyuncs.com/stream/v1/asr"), appKey: c.AppKey,
		tokens: newAliyunTokens(s, address(p, "token_url", c.TokenURL, "https://nls-meta.cn-shanghai.aliyuncs.com/"), c.AccessKeyID, c.AccessKeySecret),
		can:    c.within(p, sniff.WAV, sniff.AMR, sniff.Opus, sniff.MP3),
	}
}

func (a *aliyun) takes() []sniff.Format { return a.can }

// The status of an answer that says more than how its number begins.
const (
	nlsSuccess   = 20000000
	nlsNoSpeech  = 40270002
	nlsBadToken  = 40000001
	nlsIdle      = 40000004
	nlsTooMany   = 40000005
	nlsServerMin = 50000000
)

// nlsSettings are those that the owner of the account can do something about: the trial is over, the appkey is unknown, or another account's.
func nlsSettings() []int {
	return []int{nlsBadToken, 40000002, 40000009, 40000010, 40010001, 40020001, 40020105, 40020106, 40020503, 41000002}
}

func (a *aliyun) recognize(ctx context.Context, c clip) (string, error) {
	token, err := a.tokens.get(ctx, "")
	if err != nil {
		return "", err
	}
	got, err := a.transcribe(ctx, c, token)
	if err == nil && got.Status == nlsBadToken { // It may have ended early.
		if token, err = a.tokens.get(ctx, token); err != nil {
			return "", err
		}
		got, err = a.transcribe(ctx, c, token)
	}
	if err != nil {
		return "", err
	}
	switch {
	case got.Status == nlsSuccess:
		return strings.TrimSpace(got.Result), nil
	case got.Status == nlsNoSpeech:
		return "", nil
	}
	return "", failed(nlsClass(got.Status), "status %d: %s (task %s)", got.Status, told([]byte(got.Message)), told([]byte(got.Task)))
}

func nlsClass(status int) class {
	switch {
	case slices.Contains(nlsSettings(), status):
		return settings
	case status == nlsIdle, status == nlsTooMany, status >= nlsServerMin:
		return again
	}
	return never
}

type nlsAnswer struct {
	Task    string `json:"task_id"`
	Result  string `json:"result"`
	Status  int    `json:"status"`
	Message string `json:"message"`
}

func (a *aliyun) transcribe(ctx context.Context, c clip, token string) (got nlsAnswer, err error) {
	query := url.Values{
		"appkey": {a.appKey}, "format": {string(c.format)}, "sample_rate": {"16000"},
		"enable_punctuation_prediction": {"true"}, "enable_inverse_text_normalization": {"true"},
	}
	if c.format == sniff.AMR {
		query.Set("sample_rate", "8000")
	}
	r, err := http.NewRequest(http.MethodPost, a.url+"?"+query.Encode(), bytes.NewReader(c.data))
	if err != nil {
		return got, failed(settings, "make the request: url cannot be used")
	}
	r.Header.Set("X-NLS-Token", token)
	r.Header.Set("Content-Type", "application/octet-stream")
	status, body, err := a.ask(ctx, r)
	if err != nil {
		return got, err
	}
	// Its errors come with a status of HTTP, too, which says less.
	if err := json.Unmarshal(body, &got); err != nil || got.Status == 0 {
		if status != http.StatusOK {
			return got, refusal(status, body)
		}
		return got, failed(never, "the answer has no status: %s", told(body))
	}
	return got, nil
}
