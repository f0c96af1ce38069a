package wx

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestParseKeepsFieldsInOrder(t *testing.T) {
	root, err := Parse([]byte("<?xml version=\"1.0\"?>\n<xml><B><![CDATA[ two \n]]></B>\n<A>1</A><C/><D>a&amp;b<![CDATA[<c>]]></D>\n</xml>\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Field{{Name: "B", Text: " two \n"}, {Name: "A", Text: "1"}, {Name: "C"}, {Name: "D", Text: "a&b<c>"}}
	if len(root.Fields) != len(want) || root.Name != "xml" {
		t.Fatalf("got %+v", root)
	}
	for i, f := range root.Fields {
		if f.Name != want[i].Name || f.Text != want[i].Text {
			t.Errorf("got %+v, want %+v", f, want[i])
		}
	}
	if root.Get("A") != "1" || root.Get("none") != "" || root.Find("C") == nil || root.Find("none") != nil {
		t.Error("Get or Find is wrong")
	}
}

func TestFieldJSON(t *testing.T) {
	cases := []struct{ name, body, want string }{
		{"none", `<xml></xml>`, `{}`},
		{"numbers stay texts", `<xml><MsgId>24180351648420001</MsgId></xml>`, `{"MsgId":"24180351648420001"}`},
		{"empty", `<xml><A/><B></B></xml>`, `{"A":"","B":""}`},
		{"nested", `<xml><A><B>1</B><C>2</C></A></xml>`, `{"A":{"B":"1","C":"2"}}`},
		{"repeated", `<xml><item>1</item><x/><item><y>2</y></item><item/></xml>`, `{"item":["1",{"y":"2"},""],"x":""}`},
		{"order", `<xml><z/><a/></xml>`, `{"z":"","a":""}`},
		{"no HTML escapes", `<xml><A><![CDATA[<a href="x">&</a>]]></A></xml>`, `{"A":"<a href=\"x\">&</a>"}`},
		{"Chinese", `<xml><A>你好</A></xml>`, `{"A":"你好"}`},
	}
	for _, c := range cases {
		root, err := Parse([]byte(c.body))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := string(root.JSON()); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	deep := strings.Repeat("<a>", 17) + strings.Repeat("</a>", 17)
	for name, body := range map[string]string{
		"nothing":               "",
		"blanks":                " \n",
		"JSON":                  `{"MsgType":"text"}`,
		"DOCTYPE":               `<!DOCTYPE xml><xml><A>1</A></xml>`,
		"entity declared":       `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><A>&e;</A></xml>`,
		"entity expansion":      `<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><xml>&b;</xml>`,
		"entity not declared":   `<xml><A>&nbsp;</A></xml>`,
		"directive inside":      `<xml><!ELEMENT A ANY><A/></xml>`,
		"instruction inside":    `<xml><?php x ?><A/></xml>`,
		"another encoding":      `<?xml version="1.0" encoding="GBK"?><xml/>`,
		"truncated":             `<xml><A><![CDATA[hel`,
		"not closed":            `<xml><A>1</A>`,
		"closed wrongly":        `<xml><A>1</B></xml>`,
		"two roots":             `<xml/><xml/>`,
		"text behind the root":  `<xml/>x`,
		"text before the root":  `x<xml/>`,
		"text between fields":   `<xml>x<A/></xml>`,
		"DOCTYPE behind":        `<xml/><!DOCTYPE xml>`,
		"too deep":              deep,
		"far too deep":          strings.Repeat("<a>", 300000),
		"too many fields":       "<xml>" + strings.Repeat("<a/>", 4097) + "</xml>",
		"too long":              "<xml>" + strings.Repeat(" ", MaxBody) + "</xml>",
		"character by its zero": "<xml><A>&#0;</A></xml>",
	} {
		if root, err := Parse([]byte(body)); !errors.Is(err, ErrXML) || root != nil {
			t.Errorf("%s: got %v, %v", name, root, err)
		}
	}
}

func TestParseTakesWhatIsJustAllowed(t *testing.T) {
	for name, body := range map[string]string{
		"deep":    strings.Repeat("<a>", 16) + strings.Repeat("</a>", 16),
		"many":    "<xml>" + strings.Repeat("<a/>", 4096) + "</xml>",
		"long":    "<xml>" + strings.Repeat(" ", MaxBody-11) + "</xml>",
		"comment": "<!-- a --><xml><!-- b --><A/></xml><!-- c -->",
	} {
		if _, err := Parse([]byte(body)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestForbiddenCharactersLoseNoMessage(t *testing.T) {
	root, err := Parse([]byte("<xml><A><![CDATA[a\x00\x08b\xffc\uFFFEd]]></A></xml>"))
	if err != nil {
		t.Fatal(err)
	}
	if got := root.Get("A"); got != "ab\uFFFDcd" {
		t.Errorf("got %q", got)
	}
}

func TestTextInManyPiecesTakesLinearTime(t *testing.T) {
	body := "<xml><A>" + strings.Repeat("a<!---->", 130000) + "</A></xml>"
	start := time.Now()
	root, err := Parse([]byte(body))
	if err != nil || len(root.Get("A")) != 130000 {
		t.Fatalf("got %v", err)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("took %s", took)
	}
}

func TestAppendText(t *testing.T) {
	for text, want := range map[string]string{
		"":              "<A><![CDATA[]]></A>",
		"<b>&":          "<A><![CDATA[<b>&]]></A>",
		"]]>":           "<A><![CDATA[]]]]><![CDATA[>]]></A>",
		"]]]]>>":        "<A><![CDATA[]]]]]]><![CDATA[>>]]></A>",
		"a\x00\x1fb\tc": "<A><![CDATA[ab\tc]]></A>",
		"]]\x00>":       "<A><![CDATA[]]]]><![CDATA[>]]></A>",
		"\xffx":         "<A><![CDATA[\uFFFDx]]></A>",
	} {
		if got := string(AppendText(nil, "A", text)); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := string(AppendNumber(nil, "N", -7)); got != "<N>-7</N>" {
		t.Errorf("got %s", got)
	}
}

func FuzzXML(f *testing.F) {
	f.Add([]byte(`<xml><A><![CDATA[1]]></A><B><item>2</item><item/></B></xml>`))
	f.Add([]byte(`<!DOCTYPE xml><xml>&e;</xml>`))
	f.Add([]byte("<xml><A>\x00]]&gt;</A></xml>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		if root, err := Parse(body); err == nil {
			checkJSON(t, root)
		}
		checkText(t, string(body))
	})
}

func checkJSON(t *testing.T, root *Field) {
	var decoded map[string]any
	if err := json.Unmarshal(root.JSON(), &decoded); err != nil {
		t.Fatalf("%s: %v", root.JSON(), err)
	}
	for _, f := range root.Fields {
		if _, there := decoded[f.Name]; !there || !utf8.ValidString(f.Text) {
			t.Errorf("%q is missing or not UTF-8", f.Name)
		}
	}
}

// checkText holds the writer to what any XML parser reads.
func checkText(t *testing.T, text string) {
	var read struct {
		A string
	}
	written := "<xml>" + string(AppendText(nil, "A", text)) + "</xml>"
	if err := xml.Unmarshal([]byte(written), &read); err != nil {
		t.Fatalf("%q: %v", written, err)
	}
	newlines := strings.NewReplacer("\r\n", "\n", "\r", "\n") // as every XML parser does
	if want := newlines.Replace(Clean(text)); read.A != want {
		t.Errorf("read %q, want %q", read.A, want)
	}
	if root, err := Parse([]byte(written)); len(written) <= MaxBody && (err != nil || root.Get("A") != read.A) {
		t.Errorf("Parse differs: %v", err)
	}
}
