package main

import (
	"os"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// TestMain lets this program be the plugin of the bot that it tests.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == pluginArgument {
		sdk.Serve(sdk.HandlerFunc(handle))
		return
	}
	os.Exit(m.Run())
}

// TestSoak is a short one: enough for each kind of trouble. `go run ./soak` is the long one.
func TestSoak(t *testing.T) {
	found, err := soak(t.Context(), options{
		Messages: 2500, People: 120, KillEvery: 2 * time.Second, Pause: 200 * time.Millisecond, Settle: 10 * time.Second, Seed: 7, Log: t.Output(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(found)
	if len(found.Wrong) > 0 || found.Kills == 0 || found.Messages != 2500 || found.Seen < found.Replies*8/10 {
		t.Errorf("the bot was killed %d times; of %d replies %d were seen, %d are wrong", found.Kills, found.Replies, found.Seen, len(found.Wrong))
	}
}

// TestSoak_CustomerService is a short one of the other platform: nothing may be seen twice.
func TestSoak_CustomerService(t *testing.T) {
	found, err := soak(t.Context(), options{
		Platform: "kf", Messages: 1000, People: 60, KillEvery: 3 * time.Second, Pause: 500 * time.Millisecond, Settle: 10 * time.Second, Seed: 7, Log: t.Output(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(found)
	if len(found.Wrong) > 0 || found.Kills == 0 || found.Messages != 1000 || found.Seen < found.Replies*9/10 {
		t.Errorf("the bot was killed %d times; of %d replies %d were seen, %d are wrong", found.Kills, found.Replies, found.Seen, len(found.Wrong))
	}
}

// TestSoak_Upgrades is a short one in which the plugin is replaced all the time, and nothing else goes wrong: every reply is seen once,
// but for those that a machine which is too slow for the platform's clock leaves to the banner.
func TestSoak_Upgrades(t *testing.T) {
	found, err := soak(t.Context(), options{
		Messages: 1500, People: 60, UpgradeEvery: 500 * time.Millisecond, Pause: 100 * time.Millisecond, Settle: 5 * time.Second, Seed: 7, Log: t.Output(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(found)
	if len(found.Wrong) > 0 || found.Upgrades < 2 || found.Seen+found.Banner != found.Replies || found.Banner > found.Replies/100 {
		t.Errorf("the plugin was replaced %d times; of %d replies %d were seen once, %d are wrong", found.Upgrades, found.Replies, found.Seen, len(found.Wrong))
	}
}
