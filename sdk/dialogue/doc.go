// Package dialogue asks people one thing after the other, over several turns of a conversation.
//
//	type order struct {
//		What  string
//		Count int
//	}
//
//	orders, err := dialogue.New(dialogue.Options{Name: "order"},
//		dialogue.Step[order]{Name: "begin", Do: func(_ context.Context, m *sdk.Message, o *order, r sdk.Responder) (string, error) {
//			return "what", r.Reply(sdk.Text{Text: "要什么?"})
//		}},
//		dialogue.Step[order]{Name: "what", Do: func(_ context.Context, m *sdk.Message, o *order, r sdk.Responder) (string, error) {
//			o.What = m.Text()
//			return "count", r.Reply(sdk.Text{Text: "几份?"})
//		}},
//		…
//
// A step takes one message and returns the name of the step for the next one. What it knows is a T, which lasts from step to step, as
// JSON in the state of the conversation: the plugin must be Stateful, and the dialogue survives a restart of bot and plugin.
//
// The plugin's own state of the conversation rests while a dialogue runs, and is there again when it ends. A step sees it as
// Message.State and saves it as always. Both together have at most sdk.MaxState bytes; the plugin's counts for a third more.
package dialogue
