package wx

import "testing"

func TestSealed(t *testing.T) {
	for body, want := range map[string]string{
		"<xml><ToUserName><![CDATA[gh]]></ToUserName>\n    <Encrypt><![CDATA[abc=]]></Encrypt>\n</xml>": "abc=",
		"<xml><Encrypt>abc=</Encrypt></xml>":                      "abc=",
		"<xml><Encrypt> abc= </Encrypt></xml>":                    "abc=",
		"<xml><Encrypt>one</Encrypt><Encrypt>two</Encrypt></xml>": "one",
		"<xml><Encrypt></Encrypt></xml>":                          "",
		"<xml><Encrypt>never ends":                                "",
		"<xml><Content>no such element</Content></xml>":           "",
		"": "",
	} {
		if got := Sealed([]byte(body)); got != want {
			t.Errorf("%q: got %q, want %q", body, got, want)
		}
	}
}
