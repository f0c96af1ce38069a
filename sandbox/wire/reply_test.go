package wire

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

const (
	head = "<ToUserName><![CDATA[oTestUser0000000000000000001]]></ToUserName><FromUserName><![CDATA[gh_0123456789ab]]></FromUserName><CreateTime>1760000001</CreateTime>"
	text = "<xml>" + head + "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[line1\nline2]]></Content></xml>"
)

// known are the replies of the documentation, one of each kind.
func known() map[string]string {
	return map[string]string{
		"text":          text,
		"image":         "<xml>" + head + "<MsgType><![CDATA[image]]></MsgType><Image><MediaId><![CDATA[MID]]></MediaId></Image></xml>",
		"voice":         "<xml>" + head + "<MsgType><![CDATA[voice]]></MsgType><Voice><MediaId><![CDATA[MID]]></MediaId></Voice></xml>",
		"video":         "<xml>" + head + "<MsgType><![CDATA[video]]></MsgType><Video><MediaId><![CDATA[MID]]></MediaId><Title><![CDATA[T]]></Title><Description><![CDATA[D]]></Description></Video></xml>",
		"music":         "<xml>" + head + "<MsgType><![CDATA[music]]></MsgType><Music><Title><![CDATA[T]]></Title><Description><![CDATA[D]]></Description><MusicUrl><![CDATA[u]]></MusicUrl><HQMusicUrl><![CDATA[h]]></HQMusicUrl><ThumbMediaId><![CDATA[MID]]></ThumbMediaId></Music></xml>",
		"news":          "<xml>" + head + "<MsgType><![CDATA[news]]></MsgType><ArticleCount>1</ArticleCount><Articles><item><Title><![CDATA[T]]></Title><Description><![CDATA[D]]></Description><PicUrl><![CDATA[p]]></PicUrl><Url><![CDATA[u]]></Url></item></Articles></xml>",
		"transfer":      "<xml>" + head + "<MsgType><![CDATA[transfer_customer_service]]></MsgType><TransInfo><KfAccount><![CDATA[kf1@acct]]></KfAccount></TransInfo></xml>",
		"transfer, any": "<xml>" + head + "<MsgType><![CDATA[transfer_customer_service]]></MsgType></xml>",
	}
}

func TestParseReply_Known(t *testing.T) {
	want := map[string]Reply{
		"text":  {Kind: KindText, Content: "line1\nline2"},
		"image": {Kind: KindImage, MediaID: "MID"}, "voice": {Kind: KindVoice, MediaID: "MID"},
		"video":    {Kind: KindVideo, MediaID: "MID", Title: "T", Description: "D"},
		"music":    {Kind: KindMusic, MediaID: "MID", Title: "T", Description: "D", URL: "u", HQURL: "h"},
		"news":     {Kind: KindNews, ArticleCount: 1, Articles: []Article{{"T", "D", "p", "u"}}},
		"transfer": {Kind: KindTransfer, Servicer: "kf1@acct"}, "transfer, any": {Kind: KindTransfer},
	}
	for name, body := range known() {
		w := want[name]
		w.To, w.From, w.CreateTime = "oTestUser0000000000000000001", "gh_0123456789ab", 1760000001
		if got, err := ParseReply([]byte(body)); err != nil || !reflect.DeepEqual(*got, w) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestParseReply_Unknown(t *testing.T) {
	body := strings.Replace(text, "</xml>", "<FuncFlag>0</FuncFlag><Image><MediaId>M</MediaId></Image></xml>", 1)
	if got, err := ParseReply([]byte(body)); err != nil || !reflect.DeepEqual(got.Unknown, []string{"FuncFlag", "Image"}) {
		t.Errorf("%+v, %v", got, err)
	}
	body = strings.Replace(known()["image"], "</MediaId>", "</MediaId><Title>T</Title>", 1)
	if got, err := ParseReply([]byte(body)); err != nil || !reflect.DeepEqual(got.Unknown, []string{"Title"}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestParseReply_Refuses(t *testing.T) {
	all := known()
	swap := func(name, from, to string) string {
		if !strings.Contains(all[name], from) {
			t.Fatalf("%s has no %s", name, from)
		}
		return strings.Replace(all[name], from, to, 1)
	}
	for name, test := range map[string]struct{ body, why string }{
		"JSON":                  {`{"errcode":0}`, "begin"},
		"a quoted success":      {`"success"`, "begin"},
		"HTML":                  {"<html></html>", "begin"},
		"byte order mark":       {"\ufeff" + text, "begin"},
		"leading newline":       {"\n" + text, "begin"},
		"declaration":           {`<?xml version="1.0"?>` + text, "begin"},
		"two":                   {text + text, "behind"},
		"cut":                   {text[:len(text)-8], "XML"},
		"DOCTYPE":               {swap("text", "<ToUserName>", "<!DOCTYPE x><ToUserName>"), "inside"},
		"comment":               {swap("text", "<ToUserName>", "<!-- x --><ToUserName>"), "inside"},
		"entity":                {swap("text", "<![CDATA[line1\nline2]]>", "&nbsp;"), "XML"},
		"attributes":            {swap("text", "<Content>", `<Content a="1">`), "attributes"},
		"text between":          {swap("text", "<Content>", "x<Content>"), "between"},
		"empty Content":         {swap("text", "line1\nline2", ""), "Content"},
		"blank Content":         {swap("text", "line1\nline2", " \n"), "Content"},
		"no Content":            {swap("text", "<Content><![CDATA[line1\nline2]]></Content>", ""), "Content"},
		"content":               {strings.ReplaceAll(text, "Content>", "content>"), "Content"},
		"two Contents":          {swap("text", "</xml>", "<Content>x</Content></xml>"), "twice"},
		"elements in Content":   {swap("text", "<![CDATA[line1\nline2]]>", "<b>x</b>"), "elements"},
		"no time":               {swap("text", "<CreateTime>1760000001</CreateTime>", ""), "CreateTime"},
		"a date":                {swap("text", "1760000001", "2025-10-09"), "CreateTime"},
		"no kind":               {swap("text", "<MsgType><![CDATA[text]]></MsgType>", ""), "MsgType"},
		"link":                  {swap("text", "[text]", "[link]"), "link"},
		"Text":                  {swap("text", "[text]", "[Text]"), "Text"},
		"no Image":              {strings.ReplaceAll(all["image"], "Image>", "Picture>"), "Image"},
		"MediaId outside":       {strings.NewReplacer("<Image>", "", "</Image>", "").Replace(all["image"]), "Image"},
		"mediaid":               {strings.ReplaceAll(all["voice"], "MediaId", "MediaID"), "MediaId"},
		"no ThumbMediaId":       {swap("music", "<ThumbMediaId><![CDATA[MID]]></ThumbMediaId>", ""), "ThumbMediaId"},
		"no articles":           {swap("news", "<ArticleCount>1<", "<ArticleCount>0<"), "ArticleCount"},
		"count is not right":    {swap("news", "<ArticleCount>1<", "<ArticleCount>2<"), "ArticleCount"},
		"count is no number":    {swap("news", "<ArticleCount>1<", "<ArticleCount>one<"), "ArticleCount"},
		"article without title": {swap("news", "<![CDATA[T]]>", ""), "Title"},
		"empty KfAccount":       {swap("transfer", "kf1@acct", ""), "KfAccount"},
		"illegal character":     {swap("text", "line1", "line\x01"), "XML"},
		"no UTF-8":              {swap("text", "line1", "line\xff"), "XML"},
	} {
		got, err := ParseReply([]byte(test.body))
		if !errors.Is(err, ErrReply) || got != nil || !strings.Contains(err.Error(), test.why) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

const sealedReply = "<xml><Encrypt><![CDATA[ENC]]></Encrypt><MsgSignature><![CDATA[SIG]]></MsgSignature><TimeStamp>TIME</TimeStamp><Nonce><![CDATA[NONCE]]></Nonce></xml>"

func TestSealed_PublishedReplies(t *testing.T) {
	for name, v := range vectors(t) {
		if name != "V4" && name != "V6" {
			continue
		}
		body := strings.NewReplacer("ENC]", v.Encrypted+"]", "SIG]", v.Signature+"]", "TIME<", v.Timestamp+"<", "NONCE]", v.Nonce+"]").Replace(sealedReply)
		s, err := ParseSealed([]byte(body))
		if err != nil || !IsSealed([]byte(body)) {
			t.Fatalf("%s: %v", name, err)
		}
		c := mustCipher(t, v.Key, v.ID)
		if got, err := s.Open(v.Token, c); err != nil || string(got) != v.Message {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if _, err := s.Open("BBBBB", c); !errors.Is(err, ErrReply) || !strings.Contains(err.Error(), "MsgSignature") {
			t.Errorf("%s with another token: %v", name, err)
		}
		s.Encrypt = "QUJD"
		s.MsgSignature = Sign(v.Token, s.TimeStamp, s.Nonce, s.Encrypt)
		if _, err := s.Open(v.Token, c); !errors.Is(err, ErrReply) || !errors.Is(err, ErrEnvelope) {
			t.Errorf("%s with another text: %v", name, err)
		}
	}
}

func TestParseSealed_Refuses(t *testing.T) {
	good := strings.Replace(sealedReply, "TIME<", "1760000000<", 1)
	if _, err := ParseSealed([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"Timestamp":     strings.ReplaceAll(good, "TimeStamp", "Timestamp"),
		"msg_signature": strings.ReplaceAll(good, "MsgSignature", "msg_signature"),
		"no nonce":      strings.Replace(good, "<Nonce><![CDATA[NONCE]]></Nonce>", "", 1),
		"empty":         strings.Replace(good, "ENC]", "]", 1),
		"more":          strings.Replace(good, "</xml>", "<ToUserName>o</ToUserName></xml>", 1),
		"JSON":          `{"Encrypt":""}`,
	} {
		if _, err := ParseSealed([]byte(body)); !errors.Is(err, ErrReply) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if IsSealed([]byte(text)) || IsSealed([]byte("success")) {
		t.Error("a plain reply is taken for a sealed one")
	}
}

// FuzzReply holds that nothing that a bot answers ends the platform, and that what is taken is what a person could be shown.
func FuzzReply(f *testing.F) {
	for _, body := range known() {
		f.Add([]byte(body))
	}
	f.Add([]byte(sealedReply))
	f.Add([]byte("success"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := ParseReply(body)
		if (err == nil) != (r != nil) || err != nil && !errors.Is(err, ErrReply) {
			t.Fatalf("%+v, %v", r, err)
		}
		if r != nil && (r.To == "" || r.From == "" || r.Kind == KindText && strings.TrimSpace(r.Content) == "" || len(r.Articles) != r.ArticleCount) {
			t.Fatalf("taken: %+v", r)
		}
		if s, err := ParseSealed(body); err == nil && (s.Encrypt == "" || !IsSealed(body)) {
			t.Fatalf("taken: %+v", s)
		}
	})
}
