package sandbox_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"

	"github.com/chuanhuabot/bot/sandbox"
	"github.com/chuanhuabot/bot/sandbox/mp"
)

// A test starts a sandbox on any free port, opens an account for the bot that it tests, and lets somebody write to it.
func ExampleStart() {
	wechat, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer wechat.Close()
	bot := httptest.NewServer(http.HandlerFunc(greet)) // Here is the bot that is tested.
	defer bot.Close()
	account, err := wechat.World().AddMP("wx", mp.Settings{Token: "testtoken", URL: bot.URL + "/wx"})
	if err != nil {
		fmt.Println(err)
		return
	}

	out, err := account.Say(context.Background(), "oSomebody", mp.Text("你好"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(out.Reply.Content, "after", len(out.Tries), "request")
	for _, e := range account.Transcript("oSomebody") {
		fmt.Println(e.Kind, e.Type, e.Text)
	}
	// Output:
	// 你好! after 1 request
	// said text 你好
	// saw text 你好!
}

var sender = regexp.MustCompile(`<(ToUserName|FromUserName)><!\[CDATA\[(.*?)\]\]>`)

// greet answers every message with 你好!
func greet(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	found := sender.FindAllStringSubmatch(string(body), -1)
	fmt.Fprintf(w, "<xml><ToUserName>%s</ToUserName><FromUserName>%s</FromUserName><CreateTime>1790000000</CreateTime>"+
		"<MsgType>text</MsgType><Content>你好!</Content></xml>", found[1][2], found[0][2])
}
