package command_test

import (
	"context"
	"fmt"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/command"
)

func Example() {
	weather := func(_ context.Context, c command.Call, r sdk.Responder) error {
		return r.Reply(sdk.Text{Text: c.Rest + ": 晴"})
	}
	commands, err := command.New(command.Command{Name: "/weather", Args: "城市", Doc: "今天的天气", Do: weather})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(commands.Help())
	call, ok := commands.Find(&sdk.Message{Content: sdk.Text{Text: "／Weather　北京"}})
	fmt.Println(call.Name, call.Rest, ok)
	// In main: sdk.Serve(commands)

	// Output:
	// /weather 城市: 今天的天气
	// /weather 北京 true
}
