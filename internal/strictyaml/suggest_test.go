package strictyaml

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"path", "app_id", "app_secret", "token", "aes_key", "echo"}
	for word, want := range map[string]string{
		"pat": "path", "paht": "path", "appid": "app_id", "AppID": "app_id", "app-id": "app_id", "aeskey": "aes_key",
		"tokens": "token", "toekn": "token", "ehco": "echo", "secret": "app_secret", "zebra": "", "": "",
		"a very long line that somebody put where a key belongs": "",
	} {
		if got := Nearest(word, names); got != want {
			t.Errorf("%s: got %q, want %q", word, got, want)
		}
	}
	if got := DidYouMean("pat", names); got != `; did you mean "path"?` {
		t.Errorf("got %s", got)
	}
	if got := DidYouMean("zebra", nil); got != "" {
		t.Errorf("got %s", got)
	}
}

func TestShown(t *testing.T) {
	for key, want := range map[string]string{
		"token": "token", "token:abc": "token…", "K=abc": "K…", "": "",
		"0123456789012345678901234567890123456789x": "012345678901234567890123456789012345678…",
	} {
		if got := shown(key); got != want {
			t.Errorf("%s: got %s, want %s", key, got, want)
		}
	}
}

func TestOneOf(t *testing.T) {
	for want, names := range map[string][]string{"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a, b or c": {"a", "b", "c"}} {
		if got := oneOf(names); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
