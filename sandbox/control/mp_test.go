package control_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestSay_EveryTypeOfMP(t *testing.T) {
	d := newDesk(t)
	var last string
	url := d.bot(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		last = string(body)
		_, _ = io.WriteString(w, "success")
	})
	d.ok("POST", "/api/accounts", object{"platform": "mp", "name": "wx", "url": url})
	id := d.ok("POST", "/api/accounts/wx/media?type=voice&name=a.amr", []byte("#!AMR\n"))["media"].(string)
	for name, test := range map[string]struct {
		body object
		want string
	}{
		"text":       {object{"text": "你好"}, "[text]]></MsgType>\n<Content><![CDATA[你好]"},
		"menu":       {object{"text": "满意", "menu_id": "101"}, "<bizmsgmenuid>101<"},
		"image":      {object{"type": "image", "media": id}, "<PicUrl><![CDATA[" + d.url + "/api/accounts/gh_"},
		"voice":      {object{"type": "voice", "media": id}, "<MediaId><![CDATA[" + id + "]]></MediaId>\n<Format>"},
		"recognised": {object{"type": "voice", "media": id, "recognition": "hi"}, "<Recognition><![CDATA[hi]"},
		"silence":    {object{"type": "voice", "media": id, "recognition": ""}, "<Recognition><![CDATA[]]>"},
		"video":      {object{"type": "video", "media": id}, "<ThumbMediaId>"},
		"shortvideo": {object{"type": "shortvideo", "media": id}, "[shortvideo]"},
		"file":       {object{"type": "file", "media": id}, "【收到不支持的消息类型，暂无法显示】"},
		"location":   {object{"type": "location", "latitude": 39.9, "longitude": 116.4, "label": "北京"}, "<Location_X>39.900000<"},
		"article":    {object{"text": "art", "fields": object{"MsgDataId": "1_1", "Idx": 1}}, "<Idx>1</Idx>\n<MsgDataId><![CDATA[1_1]]>"},
		"link":       {object{"type": "link", "title": "T", "description": "D", "url": "https://example.com/"}, "<Url><![CDATA[https://example.com/]"},
		"any other":  {object{"type": "odd", "fields": object{"B": "2", "A": 1.5, "C": object{"D": []any{"x", "y"}}}}, "<A>1.5</A>\n<B><![CDATA[2]]></B>\n<C><D><![CDATA[x]]></D>\n<D><![CDATA[y]]></D>\n</C>"},
	} {
		test.body["person"] = "小明"
		answer := d.ok("POST", "/api/accounts/wx/say", test.body)
		if !strings.Contains(last, test.want) || answer["answered"] != true || answer["tries"] != 1.0 || answer["message"] == "" {
			t.Errorf("%s: no %s in %s, %v", name, test.want, last, answer)
		}
	}
	if !strings.Contains(last, "FromUserName><![CDATA[o") {
		t.Errorf("the person has no OpenID in %s", last)
	}
}

func TestEvents_OfMP(t *testing.T) {
	d := newDesk(t)
	d.mp("wx")
	for name, test := range map[string]struct {
		call string
		body object
		said string
	}{
		"follow":         {"follow", object{}, "subscribe"},
		"follow by code": {"follow", object{"scene": "7"}, "subscribe qrscene_7"},
		"first scan":     {"scan", object{"scene": "7"}, "subscribe qrscene_7"},
		"click":          {"tap", object{"key": "HELP"}, "CLICK HELP"},
		"view":           {"tap", object{"url": "https://example.com/"}, "VIEW https://example.com/"},
		"any event":      {"event", object{"event": "LOCATION", "fields": object{"Latitude": 23.1}}, "LOCATION"},
	} {
		test.body["person"] = name
		answer := d.ok("POST", "/api/accounts/wx/"+test.call, test.body)
		word, _, _ := strings.Cut(test.said, " ")
		if got := d.transcript("wx", name); got != "said "+test.said+" | saw text you: "+word || answer["reply"] != "you: "+word {
			t.Errorf("%s: %s, %v", name, got, answer)
		}
	}
	d.ok("POST", "/api/accounts/wx/scan", object{"person": "follow", "scene": "8"})
	if got := d.transcript("wx", "follow"); !strings.Contains(got, "said SCAN 8") {
		t.Errorf("a follower scans: %s", got)
	}
	d.wrong("POST", "/api/accounts/wx/follow", object{"person": "follow"}, "already")
	d.ok("POST", "/api/accounts/wx/unfollow", object{"person": "follow"})
	d.wrong("POST", "/api/accounts/wx/say", object{"person": "follow", "text": "hi"}, "does not follow")
}

func TestSay_Mistakes(t *testing.T) {
	d := newDesk(t)
	d.mp("wx")
	for name, test := range map[string]struct {
		path  string
		body  any
		words string
	}{
		"no account":         {"/api/accounts/wy/say", object{"person": "小明", "text": "x"}, `"wy" state`},
		"nobody":             {"/api/accounts/wx/say", object{"text": "x"}, "name"},
		"unknown key":        {"/api/accounts/wx/say", object{"person": "小明", "txt": "x"}, "txt sandbox-api"},
		"no JSON":            {"/api/accounts/wx/say", []byte("hello"), "JSON"},
		"too long":           {"/api/accounts/wx/say", []byte(`"` + strings.Repeat("x", 1<<20) + `"`), "1 MiB"},
		"no media":           {"/api/accounts/wx/say", object{"person": "小明", "type": "voice"}, "media"},
		"an event":           {"/api/accounts/wx/say", object{"person": "小明", "type": "event"}, "event"},
		"a wrong field":      {"/api/accounts/wx/say", object{"person": "小明", "type": "odd", "fields": object{"a b": 1}}, `"a b"`},
		"a field of nothing": {"/api/accounts/wx/say", object{"person": "小明", "type": "odd", "fields": object{"a": nil}}, "field a"},
		"a wrong duration":   {"/api/accounts/wx/say", object{"person": "小明", "fault": object{"delay": "2"}}, `"1.5s"`},
		"a flood":            {"/api/accounts/wx/say", object{"person": "小明", "text": "x", "fault": object{"duplicates": 1000}}, "20"},
		"no text":            {"/api/accounts/wx/say", object{"person": "小明"}, "text"},
		"a bell":             {"/api/accounts/wx/say", object{"person": "小明", "text": "a\x07"}, "control"},
		"no place":           {"/api/accounts/wx/say", object{"person": "小明", "type": "location"}, "latitude"},
		"off the map":        {"/api/accounts/wx/say", object{"person": "小明", "type": "location", "latitude": 91, "longitude": 1}, "latitude"},
		"an unseen name":     {"/api/accounts/wx/say", object{"person": " ", "text": "x"}, "seen"},
		"a name with a bell": {"/api/accounts/wx/say", object{"person": "a\u202eb", "text": "x"}, "seen"},
		"two objects":        {"/api/accounts/wx/say", []byte(`{"person":"小明","text":"x"}{}`), "one object"},
		"a list":             {"/api/accounts/wx/say", []byte(`[]`), "object array"},
		"a number for text":  {"/api/accounts/wx/say", object{"person": "小明", "text": 1}, "text number"},
		"no key to be old":   {"/api/accounts/wx/say", object{"person": "小明", "text": "x", "fault": object{"old_key": true}}, "plain"},
		"no scene":           {"/api/accounts/wx/scan", object{"person": "小明"}, "scene"},
		"key and url":        {"/api/accounts/wx/tap", object{"person": "小明", "key": "K", "url": "u"}, "key url"},
		"no event":           {"/api/accounts/wx/event", object{"person": "小明"}, "event"},
		"kf only":            {"/api/accounts/wx/enter", object{"person": "小明"}, "kf"},
		"kf's seat":          {"/api/accounts/wx/seat", object{"person": "小明"}, "kf"},
		"no kind of media":   {"/api/accounts/wx/media?type=thumb", []byte("x"), "type"},
		"empty media":        {"/api/accounts/wx/media?type=image", []byte{}, "bytes"},
		"no call":            {"/api/accounts/wx/dance", object{}, "no POST sandbox-api"},
	} {
		t.Run(name, func(t *testing.T) {
			d.t = t
			d.wrong("POST", test.path, test.body, test.words)
		})
	}
}

func TestSay_WithoutWaiting(t *testing.T) {
	d := newDesk(t)
	d.mp("wx")
	answer := d.ok("POST", "/api/accounts/wx/say", object{"person": "小明", "text": "hello", "wait": false})
	if len(answer) != 1 || answer["message"] == "" {
		t.Errorf("got %v", answer)
	}
	d.sees("wx", "小明", "you: hello")
}

func TestMedia_OfEitherSide(t *testing.T) {
	d := newDesk(t)
	d.mp("wx")
	id := d.ok("POST", "/api/accounts/wx/media?type=image&name=../a.html", []byte("<script>alert(1)</script>"))["media"].(string)
	response, err := http.Get(d.url + "/api/accounts/wx/media/" + id)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, _ := io.ReadAll(response.Body)
	h := response.Header
	if string(data) != "<script>alert(1)</script>" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") ||
		h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Disposition") != `inline; filename="a.html"` {
		t.Errorf("%s, %v", data, h)
	}
	d.wrong("GET", "/api/accounts/wx/media/none", nil, "no such media")
	d.wrong("GET", "/api/accounts/wy/media/"+id, nil, "no such media")
}
