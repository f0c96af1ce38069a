// Hello is a reply plugin that greets and repeats what was said.
package main

import (
	"context"

	"github.com/chuanhuabot/bot/sdk"
)

func main() {
	sdk.Serve(sdk.HandlerFunc(func(_ context.Context, m *sdk.Message, r sdk.Responder) error {
		return r.Reply(sdk.Text{Text: "你好! " + m.Text()})
	}))
}
