package voice

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sniff"
)

// tencent is Tencent Cloud's SentenceRecognition (cloud.tencent.com/document/api/1093/35646): at most 60 s and 3 MB.
type tencent struct {
	service
	url    string
	signer tc3
	engine string
	can    []sniff.Format
}

// tencentFormats is what VoiceFormat calls what it takes. AMR-WB is not among them, and Speex is not that in Ogg.
func tencentFormats() map[sniff.Format]string {
	return map[sniff.Format]string{
		sniff.AMR: "amr", sniff.SILK: "silk", sniff.WAV: "wav", sniff.MP3: "mp3", sniff.M4A: "m4a", sniff.Opus: "ogg-opus",
	}
}

func newTencent(c *config, p *sdk.Problems) backend {
	needed(p, "tencent", map[string]bool{"secret_id": c.SecretID != "", "secret_key": !c.SecretKey.Empty(), "engine": c.Engine != ""})
	return &tencent{
		service: newService(), url: address(p, "url", c.URL, "https://asr.tencentcloudapi.com"), engine: c.Engine,
		signer: tc3{id: c.SecretID, key: c.SecretKey, service: "asr"},
		can:    c.within(p, sniff.AMR, sniff.SILK, sniff.WAV, sniff.MP3, sniff.M4A, sniff.Opus),
	}
}

func (t *tencent) takes() []sniff.Format { return t.can }

func (t *tencent) recognize(ctx context.Context, c clip) (string, error) {
	payload, err := json.Marshal(map[string]any{
		"EngSerViceType": t.engine, "SourceType": 1, "VoiceFormat": tencentFormats()[c.format],
		"Data": base64.StdEncoding.EncodeToString(c.data), "DataLen": len(c.data),
	})
	if err != nil {
		return "", failed(never, "make the request: %w", err)
	}
	r, err := http.NewRequest(http.MethodPost, t.url, bytes.NewReader(payload))
	if err != nil {
		return "", failed(settings, "make the request: url cannot be used")
	}
	r.Header.Set("X-TC-Action", "SentenceRecognition")
	r.Header.Set("X-TC-Version", "2019-06-14")
	t.signer.sign(r, payload, time.Now())
	status, body, err := t.ask(ctx, r)
	if err != nil {
		return "", err
	}
	return tencentAnswer(status, body)
}

func tencentAnswer(status int, body []byte) (string, error) {
	var answer struct {
		Response struct {
			Result    *string
			RequestID string `json:"RequestId"`
			Error     *struct{ Code, Message string }
		}
	}
	err := json.Unmarshal(body, &answer)
	got := answer.Response
	switch {
	case status != http.StatusOK:
		return "", refusal(status, body)
	case err != nil:
		return "", unreadable(body, err)
	case got.Error != nil:
		return "", failed(tencentClass(got.Error.Code), "%s: %s (RequestId %s)", got.Error.Code, told([]byte(got.Error.Message)), got.RequestID)
	case got.Result == nil:
		return "", failed(never, "the answer has no result: %s", told(body))
	}
	return strings.TrimSpace(*got.Result), nil
}

// tencentClass says what an error code means (cloud.tencent.com/document/api/1093/35646, section 6, and the common ones).
func tencentClass(code string) class {
	group, _, _ := strings.Cut(code, ".")
	if slices.Contains([]string{
		"FailedOperation.UserNotRegistered", "FailedOperation.ServiceIsolate", "FailedOperation.UserHasNoFreeAmount",
		"FailedOperation.UserHasNoAmount", "FailedOperation.CheckAuthInfoFailed",
		"InvalidParameterValue.ErrorInvalidEngservice", "InvalidParameterValue.ErrorInvalidAppid",
	}, code) {
		return settings
	}
	switch group {
	case "AuthFailure", "UnauthorizedOperation", "UnsupportedOperation", "UnsupportedRegion", "InvalidAction", "NoSuchVersion", "MissingParameter", "UnknownParameter":
		return settings
	case "InternalError", "RequestLimitExceeded", "LimitExceeded", "ResourceInsufficient", "ResourceUnavailable", "ServiceUnavailable", "ActionOffline":
		return again
	}
	return never
}
