package mp

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/sdk"
)

// buttons reads a menu as the platform writes it.
func buttons(t *testing.T, text string) []Button {
	t.Helper()
	var out []Button
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMenu_WhatIsRight(t *testing.T) {
	five := strings.Repeat(`{"name":"a","key":"k"},`, 4) + `{"name":"a","key":"k"}`
	for name, menu := range map[string]string{
		"none":                    `[]`,
		"a key":                   `[{"name":"帮助","key":"HELP"}]`,
		"a url":                   `[{"name":"帮助","url":"https://example.com/?a=b&c=<d>"}]`,
		"a mini program":          `[{"name":"帮助","appid":"wx1","pagepath":"pages/index","url":"http://example.com"}]`,
		"a material":              `[{"name":"帮助","media_id":"M"},{"name":"a","type":"view_limited","media_id":"M"}]`,
		"an article":              `[{"name":"帮助","article_id":"A"},{"name":"a","type":"article_view_limited","article_id":"A"}]`,
		"each type with a key":    `[{"name":"a","sub_button":[{"name":"a","type":"scancode_push","key":"k"},{"name":"a","type":"scancode_waitmsg","key":"k"},{"name":"a","type":"pic_sysphoto","key":"k"},{"name":"a","type":"pic_photo_or_album","key":"k"},{"name":"a","type":"pic_weixin","key":"k"}]},{"name":"a","type":"location_select","key":"k"},{"name":"a","type":"click","key":"k"}]`,
		"as large as it can be":   `[{"name":"a","sub_button":[` + five + `]},{"name":"a","sub_button":[` + five + `]},{"name":"a","sub_button":[` + five + `]}]`,
		"names as long as can be": `[{"name":"` + strings.Repeat("a", 16) + `","sub_button":[{"name":"` + strings.Repeat("名", 20) + `","key":"` + strings.Repeat("k", 128) + `"}]}]`,
		"as the platform has it":  `[{"type":"click","name":"帮助","key":"HELP","sub_button":[]}]`,
	} {
		t.Run(name, func(t *testing.T) {
			c := config(ModePlain)
			c.Menu = buttons(t, menu)
			if err := c.Validate().Err(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestMenu_WhatIsWrong(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	for name, test := range map[string]struct{ menu, field, says string }{
		"four buttons":           {`[{"name":"a","key":"k"},{"name":"a","key":"k"},{"name":"a","key":"k"},{"name":"a","key":"k"}]`, "menu", "at most 3"},
		"six below":              {`[{"name":"a","sub_button":[{"name":"a","key":"k"},{"name":"a","key":"k"},{"name":"a","key":"k"},{"name":"a","key":"k"},{"name":"a","key":"k"},{"name":"a","key":"k"}]}]`, "menu[0].sub_button", "at most 5"},
		"no name":                {`[{"name":" ","key":"k"}]`, "menu[0].name", "empty"},
		"a long name":            {`[{"name":"六个汉字太长","key":"k"}]`, "menu[0].name", "18 bytes; WeChat takes at most 16 here, which is 5 Chinese"},
		"a long name below":      {`[{"name":"a","sub_button":[{"name":"` + long(61) + `","key":"k"}]}]`, "menu[0].sub_button[0].name", "at most 60"},
		"a name of two lines":    {`[{"name":"a\nb","key":"k"}]`, "menu[0].name", "line break"},
		"a name to be escaped":   {`[{"name":"a\u2028b","key":"k"}]`, "menu[0].name", "line break"},
		"nothing to do":          {`[{"name":"a","key":"k"},{"name":"a"}]`, "menu[1]", "does nothing"},
		"nothing to do below":    {`[{"name":"a","sub_button":[{"name":"a"}]}]`, "menu[0].sub_button[0]", "does nothing"},
		"an unknown type":        {`[{"name":"a","type":"clack","key":"k"}]`, "menu[0].type", "no type"},
		"a click without a key":  {`[{"name":"a","type":"click"}]`, "menu[0].key", "is missing; a button of type click needs key"},
		"a view with a key":      {`[{"name":"a","type":"view","key":"k","url":"http://a.b"}]`, "menu[0].key", "has url and no key"},
		"both key and url":       {`[{"name":"a","key":"k","url":"http://a.b"}]`, "menu[0].key", "type view has url"},
		"a mini program's page":  {`[{"name":"a","appid":"wx1","url":"http://a.b"}]`, "menu[0].pagepath", "needs url, appid, pagepath"},
		"a mini program's url":   {`[{"name":"a","appid":"wx1","pagepath":"p"}]`, "menu[0].url", "needs url, appid, pagepath"},
		"a limited view":         {`[{"name":"a","type":"view_limited"}]`, "menu[0].media_id", "is missing"},
		"a long key":             {`[{"name":"a","key":"` + long(129) + `"}]`, "menu[0].key", "129 bytes; WeChat takes at most 128"},
		"a long url":             {`[{"name":"a","url":"http://` + long(1018) + `"}]`, "menu[0].url", "at most 1024"},
		"no web address":         {`[{"name":"a","url":"javascript:alert(1)"}]`, "menu[0].url", "https://"},
		"a url without a host":   {`[{"name":"a","url":"https:///a"}]`, "menu[0].url", "https://"},
		"a parent that does too": {`[{"name":"a","key":"k","sub_button":[{"name":"a","key":"k"}]}]`, "menu[0]", "only opens it"},
	} {
		t.Run(name, func(t *testing.T) {
			c := config(ModePlain)
			c.Menu = buttons(t, test.menu)
			p := c.Validate()
			if len(p) != 1 || p[0].Field != test.field || !strings.Contains(p[0].Message, test.says) {
				t.Errorf("got %v, want one problem of %s", p, test.field)
			}
		})
	}
}

// TestMenu_TypesOfTheDecoder holds the enum of the tags to the types that Validate knows.
func TestMenu_TypesOfTheDecoder(t *testing.T) {
	for _, of := range []reflect.Type{reflect.TypeFor[Button](), reflect.TypeFor[SubButton]()} {
		field, _ := of.FieldByName("Type")
		for _, kind := range strings.Split(field.Tag.Get("enum"), "|") {
			if needs(kind) == nil {
				t.Errorf("%s is no type", kind)
			}
		}
		for i := range of.NumField() {
			if f := of.Field(i); !strings.HasSuffix(f.Tag.Get("doc"), ".") || f.Tag.Get("yaml") != strings.TrimSuffix(f.Tag.Get("json"), ",omitempty") {
				t.Errorf("%s of %s: tags %s", f.Name, of, f.Tag)
			}
		}
	}
}

func TestComplete(t *testing.T) {
	got := complete(buttons(t, `[{"name":"a","key":"k"},{"name":"b","sub_button":[{"name":"c","url":"http://x.y"},{"name":"d","type":"scancode_push","key":"k"}]}]`))
	want := buttons(t, `[{"name":"a","type":"click","key":"k"},{"name":"b","sub_button":[{"name":"c","type":"view","url":"http://x.y"},{"name":"d","type":"scancode_push","key":"k"}]}]`)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestSameMenu(t *testing.T) {
	a := buttons(t, `[{"name":"a","key":"k"},{"name":"b","sub_button":[{"name":"c","url":"http://x.y"}]}]`)
	for name, test := range map[string]struct {
		other string
		same  bool
	}{
		"as the platform gives it": {`[{"type":"click","name":"a","key":"k","sub_button":[]},{"name":"b","sub_button":[{"type":"view","name":"c","url":"http://x.y","sub_button":[]}]}]`, true},
		"another key":              {`[{"name":"a","key":"K"},{"name":"b","sub_button":[{"name":"c","url":"http://x.y"}]}]`, false},
		"another below":            {`[{"name":"a","key":"k"},{"name":"b","sub_button":[{"name":"c","url":"http://x.z"}]}]`, false},
		"one is missing":           {`[{"name":"a","key":"k"}]`, false},
		"none":                     {`[]`, false},
	} {
		if got := sameMenu(a, buttons(t, test.other)); got != test.same {
			t.Errorf("%s: %t", name, got)
		}
	}
	if got := outline(a); got != "a, b [c]" {
		t.Errorf("outline %q", got)
	}
}

// FuzzMenu holds what Validate lets through to what the platform takes: JSON without \u escapes, of bounded size.
func FuzzMenu(f *testing.F) {
	f.Add("帮助", "HELP", "", "more")
	f.Add("a", "", "https://example.com/?a=<b>&c", "\x7f")
	f.Fuzz(func(t *testing.T, name, key, url, below string) {
		c := config(ModePlain)
		c.Menu = []Button{{Name: name, Key: key, URL: url}, {Name: "x", Below: []SubButton{{Name: below, Key: key, URL: url}}}}
		if slices.ContainsFunc(c.Validate(), func(p sdk.Problem) bool { return strings.HasPrefix(p.Field, "menu") }) {
			return
		}
		var out strings.Builder
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		if err := e.Encode(complete(c.Menu)); err != nil || strings.Contains(strings.ReplaceAll(out.String(), `\\`, ""), `\u`) || out.Len() > 4096 {
			t.Errorf("%s: %v", out.String(), err)
		}
		if _, err := fmt.Sscanf(c.Menu[0].Tap().Kind(), "%s", new(string)); err != nil {
			t.Error("a button without a type")
		}
	})
}
