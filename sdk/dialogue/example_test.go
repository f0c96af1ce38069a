package dialogue_test

import (
	"context"
	"fmt"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/dialogue"
)

// printed is a Responder that prints what the bot would send, and keeps what it would keep.
type printed struct {
	sdk.Responder
	state []byte
}

func (p *printed) Reply(c sdk.Content) error {
	fmt.Println("<", c.(sdk.Text).Text)
	return nil
}

func (p *printed) Save(state []byte) error {
	p.state = state
	return nil
}

func Example() {
	type meal struct{ What string }
	orders, err := dialogue.New(dialogue.Options{Name: "order"},
		dialogue.Step[meal]{Name: "begin", Do: func(_ context.Context, _ *sdk.Message, _ *meal, r sdk.Responder) (string, error) {
			return "what", r.Reply(sdk.Text{Text: "要什么?"})
		}},
		dialogue.Step[meal]{Name: "what", Do: func(_ context.Context, m *sdk.Message, o *meal, r sdk.Responder) (string, error) {
			o.What = m.Text()
			return "count", r.Reply(sdk.Text{Text: "几份?"})
		}},
		dialogue.Step[meal]{Name: "count", Do: func(_ context.Context, m *sdk.Message, o *meal, r sdk.Responder) (string, error) {
			return "", r.Reply(sdk.Text{Text: "好的, " + m.Text() + " 份" + o.What})
		}},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := orders.Or(sdk.HandlerFunc(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		return orders.Begin(ctx, m, meal{}, r)
	}))
	r := &printed{}
	for _, text := range []string{"点餐", "炒饭", "两"} {
		fmt.Println(">", text)
		m := &sdk.Message{Content: sdk.Text{Text: text}, State: r.state} // The bot does this.
		if err := handler.Handle(context.Background(), m, r); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// > 点餐
	// < 要什么?
	// > 炒饭
	// < 几份?
	// > 两
	// < 好的, 两 份炒饭
}
