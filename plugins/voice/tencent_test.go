package voice_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"crypto/hmac"
	"crypto/sha256"

	"github.com/chuanhuabot/bot/sdk"
)

// tencentFake checks a call as Tencent Cloud does, and answers.
func tencentFake(t *testing.T, answer func(request map[string]any) string) *fake {
	return newFake(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if r.Method != http.MethodPost || r.Header.Get("X-TC-Action") != "SentenceRecognition" || r.Header.Get("X-TC-Version") != "2019-06-14" {
			t.Errorf("%s %v", r.Method, r.Header)
		}
		if complaint := checkTC3(r, body, "hush"); complaint != "" {
			fmt.Fprintf(w, `{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":%q},"RequestId":"r-1"}}`, complaint)
			return
		}
		var request map[string]any
		if err := json.Unmarshal(body, &request); err != nil {
			t.Error(err)
		}
		fmt.Fprint(w, answer(request))
	})
}

// checkTC3 is the other side of the signature, written for itself.
func checkTC3(r *http.Request, body []byte, key string) string {
	found := regexp.MustCompile(`^TC3-HMAC-SHA256 Credential=id/(\d{4}-\d\d-\d\d)/asr/tc3_request, SignedHeaders=content-type;host, Signature=([0-9a-f]{64})$`).
		FindStringSubmatch(r.Header.Get("Authorization"))
	if found == nil {
		return "no such Authorization: " + r.Header.Get("Authorization")
	}
	seconds, err := strconv.ParseInt(r.Header.Get("X-TC-Timestamp"), 10, 64)
	if sent := time.Unix(seconds, 0); err != nil || time.Since(sent).Abs() > 5*time.Minute || sent.UTC().Format(time.DateOnly) != found[1] {
		return "the time is wrong"
	}
	h := func(data string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(data))) }
	m := func(key, data string) string {
		x := hmac.New(sha256.New, []byte(key))
		x.Write([]byte(data))
		return string(x.Sum(nil))
	}
	canonical := "POST\n/\n\ncontent-type:" + r.Header.Get("Content-Type") + "\nhost:" + r.Host + "\n\ncontent-type;host\n" + h(string(body))
	text := "TC3-HMAC-SHA256\n" + r.Header.Get("X-TC-Timestamp") + "\n" + found[1] + "/asr/tc3_request\n" + h(canonical)
	if want := fmt.Sprintf("%x", m(m(m(m("TC3"+key, found[1]), "asr"), "tc3_request"), text)); want != found[2] {
		return "the signature is wrong"
	}
	return ""
}

func tencent(f *fake, key string) string {
	return fmt.Sprintf(`{"backend":"tencent","url":%q,"secret_id":"id","secret_key":%q,"engine":"16k_en"}`, f.URL, key)
}

// TestTencent_Request holds that what it takes goes as it is, under its own name, and the rest as WAV.
func TestTencent_Request(t *testing.T) {
	silk := []byte("\x02#!SILK_V3" + strings.Repeat("\x03\x00abc", 100) + "\xff\xff")
	for name, c := range map[string]struct {
		data   []byte
		format string
		want   []byte
	}{
		"AMR": {recording(t, "go.amr"), "amr", nil}, "SILK": {silk, "silk", nil}, "MP3": {recording(t, "go.mp3"), "mp3", nil},
		"M4A": {recording(t, "go.m4a"), "m4a", nil}, "Opus": {recording(t, "go.opus"), "ogg-opus", nil},
		"AMR-WB": {recording(t, "go.amrwb"), "wav", second()}, "Speex": {recording(t, "go.spx"), "wav", second()}, "noise": {[]byte("noise"), "wav", second()},
	} {
		if c.want == nil {
			c.want = c.data
		}
		f := tencentFake(t, func(r map[string]any) string {
			data, err := base64.StdEncoding.DecodeString(r["Data"].(string))
			if err != nil || !bytes.Equal(data, c.want) || r["DataLen"] != float64(len(data)) {
				t.Errorf("%s: %d bytes of %v, %v", name, len(data), r["DataLen"], err)
			}
			if r["VoiceFormat"] != c.format || r["EngSerViceType"] != "16k_en" || r["SourceType"] != 1.0 {
				t.Errorf("%s: %v %v %v", name, r["VoiceFormat"], r["EngSerViceType"], r["SourceType"])
			}
			return `{"Response":{"Result":"go forward ten meters","AudioDuration":2786,"RequestId":"r-1"}}`
		})
		p, log := started(t, hosting(c.data, second()), tencent(f, "hush"))
		if turn := p.Send(said()); turn.Forwarded == nil || turn.Forwarded.(sdk.Voice).Transcript != "go forward ten meters" {
			t.Errorf("%s: %+v %q", name, turn, log.of(t))
		}
	}
}

// TestTencent_NoConversion holds that AMR needs no ffmpeg.
func TestTencent_NoConversion(t *testing.T) {
	f := tencentFake(t, func(map[string]any) string { return `{"Response":{"Result":"hi","RequestId":"r"}}` })
	host := hosting(recording(t, "go.amr"), nil)
	p, _ := started(t, host, tencent(f, "hush"))
	if turn := p.Send(said()); turn.Forwarded == nil || len(host.Opened()) != 1 || host.Opened()[0].Want != sdk.AsItIs {
		t.Errorf("%+v, opened %v", turn, host.Opened())
	}
}

func TestTencent_Errors(t *testing.T) {
	classes := map[string][]string{
		"settings": {
			"AuthFailure", "AuthFailure.SignatureExpire", "AuthFailure.SecretIdNotFound", "AuthFailure.UnauthorizedOperation", "AuthFailure.CheckResourceResponseCodeError",
			"FailedOperation.UserNotRegistered", "FailedOperation.ServiceIsolate", "FailedOperation.UserHasNoFreeAmount", "FailedOperation.UserHasNoAmount",
			"FailedOperation.CheckAuthInfoFailed", "InvalidParameterValue.ErrorInvalidEngservice", "InvalidParameterValue.ErrorInvalidAppid",
			"MissingParameter", "UnknownParameter", "UnauthorizedOperation", "UnsupportedOperation", "InvalidAction", "NoSuchVersion",
		},
		"again": {
			"InternalError", "InternalError.ErrorConfigure", "InternalError.ErrorCreateLog", "InternalError.ErrorDownFile", "InternalError.ErrorFailNewprequest",
			"InternalError.ErrorFailWritetodb", "InternalError.ErrorFileCannotopen", "InternalError.ErrorGetRoute", "InternalError.ErrorMakeLogpath",
			"InternalError.ErrorRecognize", "InternalError.FailAccessDatabase", "InternalError.FailAccessRedis", "RequestLimitExceeded",
			"RequestLimitExceeded.UinLimitExceeded", "LimitExceeded", "ResourceUnavailable",
		},
		"never": {
			"FailedOperation", "FailedOperation.ErrorRecognize", "FailedOperation.ErrorDownFile", "InvalidParameter", "InvalidParameter.ErrorContentlength",
			"InvalidParameter.ErrorParamsMissing", "InvalidParameter.ErrorParsequest", "InvalidParameter.FileEncode", "InvalidParameterValue",
			"InvalidParameterValue.ErrorInvalidSourcetype", "InvalidParameterValue.ErrorInvalidVoiceFormat", "InvalidParameterValue.ErrorInvalidVoicedata",
			"InvalidParameterValue.ErrorVoicedataTooLong", "SomethingNew",
		},
	}
	for class, codes := range classes {
		for _, code := range codes {
			t.Run(code, func(t *testing.T) {
				t.Parallel()
				f := tencentFake(t, func(map[string]any) string {
					return fmt.Sprintf(`{"Response":{"Error":{"Code":%q,"Message":"why"},"RequestId":"r-7"}}`, code)
				})
				p, log := started(t, hosting(recording(t, "go.amr"), nil), tencent(f, "hush"))
				p.Send(said())
				got := log.of(t)
				if len(got) != 1 || !strings.Contains(got[0], "class="+class) || !strings.Contains(got[0], code+": why") || !strings.Contains(got[0], "r-7") || strings.Contains(got[0], "hush") {
					t.Errorf("the log says %q, want class %s", got, class)
				}
			})
		}
	}
}

func TestTencent_WrongKey(t *testing.T) {
	f := tencentFake(t, func(map[string]any) string { return `{"Response":{"Result":"no"}}` })
	p, log := started(t, hosting(recording(t, "go.amr"), nil), tencent(f, "another"))
	if p.Send(said()); len(log.of(t)) != 1 || !strings.Contains(log.of(t)[0], "SignatureFailure") {
		t.Errorf("the log says %q", log.of(t))
	}
	none := tencentFake(t, func(map[string]any) string { return `{"Response":{}}` })
	p, log = started(t, hosting(recording(t, "go.amr"), nil), tencent(none, "hush"))
	if p.Send(said()); len(log.of(t)) != 1 || !strings.Contains(log.of(t)[0], "no result") {
		t.Errorf("the log says %q", log.of(t))
	}
}
