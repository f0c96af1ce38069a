package app_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// The platform's side of the wire, written here a second time and from the facts alone, so that a mistake in the channel
// is not repeated by its test.

const (
	aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	appID  = "wx0000000000000000"
)

func sign(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

func block(t *testing.T) (cipher.Block, []byte) {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(aesKey + "=")
	if err != nil {
		t.Fatal(err)
	}
	b, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	return b, key[:aes.BlockSize]
}

func encrypt(t *testing.T, message string) string {
	t.Helper()
	plain := append([]byte("0123456789abcdef"), binary.BigEndian.AppendUint32(nil, uint32(len(message)))...)
	plain = append(append(plain, message...), appID...)
	pad := 32 - len(plain)%32
	plain = append(plain, slices.Repeat([]byte{byte(pad)}, pad)...)
	b, iv := block(t)
	cipher.NewCBCEncrypter(b, iv).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}

func decrypt(t *testing.T, text string) string {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(data)%aes.BlockSize != 0 {
		t.Fatalf("%d bytes, %v", len(data), err)
	}
	b, iv := block(t)
	cipher.NewCBCDecrypter(b, iv).CryptBlocks(data, data)
	data = data[16 : len(data)-int(data[len(data)-1])]
	n := binary.BigEndian.Uint32(data)
	if got := string(data[4+n:]); got != appID {
		t.Fatalf("the reply is for %q", got)
	}
	return string(data[4 : 4+n])
}

// envelope is an encrypted reply.
type envelope struct {
	Encrypt, MsgSignature, TimeStamp, Nonce string
}

// passive is a reply.
type passive struct {
	ToUserName, FromUserName, MsgType, Content string
	CreateTime                                 int64
}

func parse[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := xml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return v
}

func TestMP_TextInAllThreeModes(t *testing.T) {
	for _, mode := range []string{"plain", "compatible", "safe"} {
		t.Run(mode, func(t *testing.T) {
			b := run(t, strings.Replace(plain, "token: testtoken", "token: testtoken, aes_key: "+aesKey+", mode: "+mode, 1))
			message := body("oTestUser", "你好 & <b>", ids.Add(1))
			now := fmt.Sprint(time.Now().Unix())
			url := b.url + "?signature=" + sign("testtoken", now, "777") + "&timestamp=" + now + "&nonce=777&openid=oTestUser"
			sent := message
			if mode != "plain" {
				secret := encrypt(t, message)
				url += "&encrypt_type=aes&msg_signature=" + sign("testtoken", now, "777", secret)
				sent = "<xml><ToUserName><![CDATA[gh_test]]></ToUserName><Encrypt><![CDATA[" + secret + "]]></Encrypt></xml>"
			}
			if mode == "compatible" {
				sent = strings.Replace(message, "</xml>", "<Encrypt><![CDATA["+encrypt(t, message)+"]]></Encrypt></xml>", 1)
			}
			response, err := http.Post(url, "text/xml", strings.NewReader(sent))
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			answer, err := io.ReadAll(response.Body)
			if err != nil || response.StatusCode != http.StatusOK {
				t.Fatalf("%s, %v", response.Status, err)
			}
			text := string(answer)
			if mode != "plain" {
				e := parse[envelope](t, text)
				if e.MsgSignature != sign("testtoken", e.TimeStamp, e.Nonce, e.Encrypt) || len(e.TimeStamp) != 10 {
					t.Errorf("the envelope %+v is signed wrongly", e)
				}
				text = decrypt(t, e.Encrypt)
			}
			got := parse[passive](t, text)
			if got.ToUserName != "oTestUser" || got.FromUserName != "gh_test" || got.MsgType != "text" || got.Content != "你发送的消息是: 你好 & <b>" {
				t.Errorf("got %+v", got)
			}
			if age := time.Since(time.Unix(got.CreateTime, 0)); age < 0 || age > time.Minute {
				t.Errorf("CreateTime %d", got.CreateTime)
			}
		})
	}
}

func TestMP_OtherKindsAreNamed(t *testing.T) {
	b := run(t, plain)
	for want, fields := range map[string]string{
		"收到一条语音消息":        "<MsgType>voice</MsgType><MediaId>M</MediaId><Format>amr</Format><MsgId>%d</MsgId>",
		"收到一条图片消息":        "<MsgType>image</MsgType><PicUrl>http://x/0</PicUrl><MediaId>M</MediaId><MsgId>%d</MsgId>",
		"收到一条位置消息":        "<MsgType>location</MsgType><Location_X>39.9</Location_X><Location_Y>116.3</Location_Y><Scale>16</Scale><Label>L</Label><MsgId>%d</MsgId>",
		"收到一个事件: CLICK":   "<MsgType>event</MsgType><Event>CLICK</Event><EventKey>K%d</EventKey>",
		"收到一条消息, 类型: odd": "<MsgType>odd</MsgType><MsgId>%d</MsgId>",
	} {
		answer, err := post(b.url, "<xml><ToUserName>gh_test</ToUserName><FromUserName>o1</FromUserName><CreateTime>"+
			fmt.Sprint(time.Now().Unix())+"</CreateTime>"+fmt.Sprintf(fields, ids.Add(1))+"</xml>")
		if err != nil {
			t.Fatal(err)
		}
		if got := parse[passive](t, answer).Content; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestMP_VerificationAndPlainVisit(t *testing.T) {
	b := run(t, plain)
	for name, c := range map[string]struct {
		query  string
		status int
		want   string
	}{
		"right signature": {"?signature=" + sign("testtoken", "1", "2") + "&timestamp=1&nonce=2&echostr=4375120948345356249", 200, "4375120948345356249"},
		"wrong signature": {"?signature=" + sign("othertoken", "1", "2") + "&timestamp=1&nonce=2&echostr=4375120948345356249", 403, ""},
		"plain visit":     {"", 200, "WeChat"},
	} {
		t.Run(name, func(t *testing.T) {
			response, err := http.Get(b.url + c.query)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			got, err := io.ReadAll(response.Body)
			if err != nil || response.StatusCode != c.status {
				t.Fatalf("%s, %v", response.Status, err)
			}
			if name == "plain visit" && !strings.Contains(string(got), c.want) || name != "plain visit" && string(got) != c.want {
				t.Errorf("got %q", got)
			}
		})
	}
}
