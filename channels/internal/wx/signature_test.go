package wx

import (
	"strings"
	"testing"
)

// signatures are published examples: S1 and S2 of developers.weixin.qq.com/doc/subscription/guide/dev/push/, S3 of its page
// on encryption, the others of public SDKs and callbacks.
var signatures = []struct {
	name  string
	parts []string
	want  string
}{
	{"S1 verification of the URL", []string{"AAAAA", "1714036504", "1514711492"}, "f464b24fc39322e44b38aa78f5edd27bd1441696"},
	{"S2 plain callback", []string{"AAAAA", "1714037059", "486452656"}, "899cf89e464efb63f54ddac96b0a0a235f53aa78"},
	{"S3 safe callback", []string{"AAAAA", "1714112445", "415670741"}, "6c5c811b55cc85e0e1b54100749188c20beb3f5d"},
	{"S4 real callback", []string{"hello2019", "1558082859", "2133759430"}, "25454995cc1b3d1f136cc441d9239ddd631d4729"},
	{"S5 token equals nonce", []string{"test", "1410685589", "test"}, "f21891de399b4e33a1a93c9a7b8a8fffb5a443ff"},
	{"S6 four parts", []string{"RMNlACHlV5ThzfRlVS4D4", "timestamp", "nonce", "encrypt"}, "8edac0945683c119ee71c9f6256d76c48aa08a96"},
	{"S7 digits", []string{"789", "456", "123"}, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"},
	{"S8 letters", []string{"a", "b", "c"}, "a9993e364706816aba3e25717850c26c9cd0d89d"},
	{"S9 plain signature of V10", []string{"spamtest", "1409735669", "1320562132"}, "16120ec1b8dbb870f510d87ce6bc2463eae6ca1a"},
}

func TestSignature(t *testing.T) {
	for _, c := range signatures {
		t.Run(c.name, func(t *testing.T) {
			if got := Signature(c.parts...); got != c.want {
				t.Errorf("Signature(%q) = %s, want %s", c.parts, got, c.want)
			}
			if !Signed(c.want, c.parts...) {
				t.Error("Signed does not know its own signature")
			}
		})
	}
}

func TestSignedRefusesEverythingElse(t *testing.T) {
	c := signatures[0]
	wrong := map[string]string{
		"empty": "", "short": c.want[:39], "long": c.want + "0", "upper case": strings.ToUpper(c.want),
		"one digit": "0" + c.want[1:], "of another": signatures[1].want,
	}
	for name, signature := range wrong {
		if Signed(signature, c.parts...) {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestSignatureOfVectors(t *testing.T) {
	for _, v := range vectors {
		if v.signature == "" {
			continue
		}
		if !Signed(v.signature, v.token, v.timestamp, v.nonce, v.encrypted) {
			t.Errorf("%s: msg_signature refused", v.name)
		}
		changed := "B" + v.encrypted[1:]
		if Signed(v.signature, v.token, v.timestamp, v.nonce, changed) {
			t.Errorf("%s: accepted with one character of Encrypt changed", v.name)
		}
	}
}

func TestPlainSignatureIsNoMsgSignature(t *testing.T) {
	v, plain := vectors[len(vectors)-1], signatures[8].want // V10 and S9
	if Signed(plain, v.token, v.timestamp, v.nonce, v.encrypted) {
		t.Error("the signature that does not cover the body was accepted for it")
	}
}
