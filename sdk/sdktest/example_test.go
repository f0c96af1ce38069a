package sdktest_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sdktest"
)

// counter tells people how often they have written.
type counter struct{}

func (counter) Describe() sdk.Description { return sdk.Description{Name: "counter", Stateful: true} }

func (counter) Handle(_ context.Context, m *sdk.Message, r sdk.Responder) error {
	n, _ := strconv.Atoi(string(m.State)) // The first time there is no state, which counts as 0.
	n++
	if err := r.Save([]byte(strconv.Itoa(n))); err != nil {
		return err
	}
	return r.Reply(sdk.Text{Text: fmt.Sprintf("%s: %d", m.Sender, n)})
}

// In a test of your own, t is the test's parameter.
func ExampleStart() {
	test(func(t testing.TB) {
		p := sdktest.Start(t, counter{})
		ada, bob := p.Person("ada"), p.Person("bob")
		fmt.Println(ada.Say("hello").Texts())
		fmt.Println(bob.Say("hello").Texts())
		fmt.Println(ada.Send(sdk.Image{}).Texts())
	})
	// Output:
	// [ada: 1]
	// [bob: 1]
	// [ada: 2]
}
