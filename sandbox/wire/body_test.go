package wire

import (
	"strings"
	"testing"
)

func TestBody_IsLaidOutLikeThePublishedOnes(t *testing.T) {
	all := vectors(t)
	for name, fields := range map[string][]Field{
		"V5": {
			Text("ToUserName", "gh_97417a04a28d"), Text("FromUserName", "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"), Number("CreateTime", "1715943329"),
			Text("MsgType", "event"), Text("Event", "debug_demo"), Text("debug_str", "hello world"),
		},
		"V10": {
			Text("ToUserName", "gh_10f6c3c3ac5a"), Text("FromUserName", "oyORnuP8q7ou2gfYjqLzSIWZf0rs"), Number("CreateTime", "1409735668"),
			Text("MsgType", "text"), Text("Content", "abcdteT"), Number("MsgId", "6054768590064713728"),
		},
	} {
		if got := string(Body(fields...)); got != all[name].Message {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestBody_Fields(t *testing.T) {
	tests := map[string]struct {
		field Field
		want  string
	}{
		"an end of CDATA":  {Text("C", "a]]>b"), "<C><![CDATA[a]]]]><![CDATA[>b]]></C>"},
		"empty":            {Text("C", ""), "<C><![CDATA[]]></C>"},
		"fields inside":    {Group("G", Text("A", "1"), Group("L", Number("B", "2"))), "<G><A><![CDATA[1]]></A>\n<L><B>2</B>\n</L>\n</G>"},
		"nothing escaped":  {Text("C", "<&>\n"), "<C><![CDATA[<&>\n]]></C>"},
		"a number is bare": {Number("N", "39.908500"), "<N>39.908500</N>"},
	}
	for name, test := range tests {
		if got := string(Body(test.field)); got != "<xml>"+test.want+"\n</xml>" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestSafeBody(t *testing.T) {
	want := "<xml>\n    <ToUserName><![CDATA[gh_1]]></ToUserName>\n    <Encrypt><![CDATA[QUJD]]></Encrypt>\n</xml>\n"
	if got := string(SafeBody("gh_1", "QUJD")); got != want {
		t.Errorf("got %q", got)
	}
}

func TestBody_ComesBackWhole(t *testing.T) {
	for _, text := range []string{"]]>", "]]]]>>", "a]]>b]]>c", "<xml>&amp;", "好"} {
		root, err := parse(Body(Text("C", text)))
		if err != nil || len(root.children) != 1 || root.children[0].text != text {
			t.Errorf("%q: %+v, %v", text, root, err)
		}
	}
	if _, err := parse([]byte(strings.Repeat("<xml>", 100))); err == nil {
		t.Error("a hundred levels are taken")
	}
}
