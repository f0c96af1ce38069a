package mp

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/channels/channeltest"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
)

func TestSuite(t *testing.T) {
	for _, mode := range []string{ModePlain, ModeCompatible, ModeSafe} {
		t.Run(mode, func(t *testing.T) {
			channeltest.Run(t, channeltest.Harness{
				Name: "wx",
				New: func(t *testing.T, log *slog.Logger) core.Channel {
					c, err := New("wx", config(mode), memstore.New(), log)
					if err != nil {
						t.Fatal(err)
					}
					return c
				},
				Again: true,
				Say: func(t *testing.T, c core.Channel, n int) {
					wantSuccess(t, callIn(t, c.(*Channel), mode, textBody(n, "hello")))
				},
				Forge:   func(t *testing.T, c core.Channel) { forge(t, c.(*Channel)) },
				Secrets: []string{testToken, testKey, previousKey, "appsecret-hush"},
			})
		})
	}
}

// forge sends what an attacker would.
func forge(t *testing.T, c *Channel) {
	q := plainQuery(time.Now())
	q.Set("signature", strings.Repeat("0", 40))
	q.Set("msg_signature", strings.Repeat("0", 40))
	for _, kind := range []string{"", "raw", "aes"} {
		q.Set("encrypt_type", kind)
		wantRefused(t, call(t.Context(), c, q, textBody(1, "forged")))
		_, sealed := sealedCall(t, textBody(1, "forged"), testApp, testKey)
		wantRefused(t, call(t.Context(), c, q, sealed))
	}
}
