package voice

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// aliyunTokens gets the tokens that recognition takes, and keeps one while it lasts (help.aliyun.com/document_detail/450514.html). It is safe
// for concurrent use: those who need one at the same time wait for one call.
type aliyunTokens struct {
	service
	url    string
	id     string
	secret sdk.Secret
	now    func() time.Time

	turn  chan struct{} // Holds an item while somebody looks at, or gets, what follows.
	token string
	until time.Time
}

// early is how long before its end a token is not used any more.
const early = 5 * time.Minute

func newAliyunTokens(s service, address, id string, secret sdk.Secret) *aliyunTokens {
	return &aliyunTokens{service: s, url: address, id: id, secret: secret, now: time.Now, turn: make(chan struct{}, 1)}
}

// get returns a token, but not the one that was not taken: bad.
func (a *aliyunTokens) get(ctx context.Context, bad string) (string, error) {
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if a.token != "" && a.token != bad && a.now().Before(a.until) {
		return a.token, nil
	}
	token, until, err := a.create(ctx)
	if err != nil {
		return "", err
	}
	a.token, a.until = token, until.Add(-early)
	return token, nil
}

func (a *aliyunTokens) create(ctx context.Context) (token string, until time.Time, err error) {
	query := url.Values{
		"AccessKeyId": {a.id}, "Action": {"CreateToken"}, "Version": {"2019-02-28"}, "Format": {"JSON"}, "RegionId": {"cn-shanghai"},
		"Timestamp": {a.now().UTC().Format("2006-01-02T15:04:05Z")}, "SignatureMethod": {"HMAC-SHA1"}, "SignatureVersion": {"1.0"},
		"SignatureNonce": {rand.Text()},
	}
	query.Set("Signature", popSignature(query, a.secret))
	r, err := http.NewRequest(http.MethodGet, a.url+"?"+popQuery(query), nil)
	if err != nil {
		return "", until, failed(settings, "make the request: token_url cannot be used")
	}
	status, body, err := a.ask(ctx, r)
	if err != nil {
		return "", until, err
	}
	var answer struct {
		Token struct {
			ID  string `json:"Id"`
			End int64  `json:"ExpireTime"`
		}
		Code, Message string
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Code == "" && answer.Token.ID == "" {
		return "", until, failed(classOf(refusal(status, nil)), "get a token: the answer has none: %d %s", status, told(body))
	}
	if answer.Token.ID == "" {
		return "", until, failed(popClass(answer.Code), "get a token: %s: %s", answer.Code, told([]byte(answer.Message)))
	}
	return answer.Token.ID, time.Unix(answer.Token.End, 0), nil
}

// popClass says what a code of the common errors means: but for those that pass, somebody has to do something.
func popClass(code string) class {
	for _, passing := range []string{"Throttling", "ServiceUnavailable", "InternalError", "SignatureNonceUsed"} {
		if strings.HasPrefix(code, passing) {
			return again
		}
	}
	return settings
}

// popSignature signs a GET (help.aliyun.com/document_detail/315526.html).
func popSignature(query url.Values, secret sdk.Secret) string {
	h := hmac.New(sha1.New, []byte(secret.Value()+"&"))
	h.Write([]byte("GET&%2F&" + popEscape(popQuery(query))))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// popQuery is the query in the order of its names, escaped as RFC 3986 has it.
func popQuery(query url.Values) string {
	return strings.ReplaceAll(strings.ReplaceAll(query.Encode(), "+", "%20"), "*", "%2A")
}

func popEscape(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(text), "+", "%20"), "*", "%2A")
}
