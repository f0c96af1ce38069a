package mp

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/sdk"
)

// fetching is a channel of an account that may not send customer-service messages, on a real core, inside a synctest bubble. Its
// people fetch what comes late.
type fetching struct {
	*Channel
	store core.Store
	bot   *core.Bot
	log   *safeBuffer
	next  int
	stop  func()
}

// fetchingConfig has the texts that bot.yaml has by default, shorter.
func fetchingConfig() Config {
	c := config(ModePlain)
	c.Late.Read, c.Late.Waiting, c.Late.More, c.Late.Nothing = true, "later: {link} {word}", "more: {word}", "nothing"
	return c
}

func newFetching(t *testing.T, c Config, store core.Store, handle sdk.HandlerFunc) *fetching {
	t.Helper()
	f := &fetching{store: store, log: &safeBuffer{}}
	f.Channel = newChannel(t, c, f.log)
	f.bot = core.New(core.Options{Store: store, Channels: map[string]core.Channel{"wx": f.Channel}, Handler: handle, Log: f.Channel.log})
	if err := f.bot.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	stopped := started(t, f.Channel, f.bot)
	f.stop = func() {
		stopped()
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		f.bot.Close(ended)
	}
	return f
}

// says is what the person sees of what they say: the platform asks three times.
func (f *fetching) says(t *testing.T, text string) (shown string, tries int) {
	t.Helper()
	f.next++
	return f.shown(t, textBody(f.next, text))
}

func (f *fetching) shown(t *testing.T, body string) (string, int) {
	t.Helper()
	time.Sleep(time.Second) // People are not quicker.
	s := slow{Channel: f.Channel}
	all := s.askThrice(body)
	return contentOf(t, all[len(all)-1].w), len(all)
}

// contentOf is what a person sees of a response: the text, or the type of anything else.
func contentOf(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	switch root, err := wx.Parse(w.Body.Bytes()); {
	case w.Body.String() == "success":
		return ""
	case err != nil:
		t.Fatalf("the person sees the fault: %q", w.Body)
		return ""
	case root.Get("MsgType") != "text":
		return root.Get("MsgType")
	default:
		return root.Get("Content")
	}
}

const later = `later: <a href="weixin://bizmsgmenu?msgmenucontent=查看&msgmenuid=2100000001">查看</a> 查看`

// sleeper takes as long as a message says and answers with its words, one reply each.
func sleeper(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	words := strings.Fields(m.Text())
	d, err := time.ParseDuration(words[0])
	if err != nil {
		return r.Reply(sdk.Text{Text: "plugin got " + m.Text()})
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
		return ctx.Err()
	}
	for _, word := range words[1:] {
		if err := reply1(r, word); err != nil {
			return err
		}
	}
	return nil
}

func reply1(r sdk.Responder, word string) error {
	switch n, long := strings.CutPrefix(word, "long"); {
	case word == "image":
		return r.Reply(sdk.Image{Media: sdk.Media{ID: "MID"}})
	case long:
		return r.Reply(sdk.Text{Text: strings.Repeat(n, 3000)})
	}
	return r.Reply(sdk.Text{Text: word})
}

func TestSlowAnswerWaitsToBeFetched(t *testing.T) {
	for wait, tries := range map[string]int{"3s": 1, "7s": 2, "12s": 3} {
		synctest.Test(t, func(t *testing.T) {
			f := newFetching(t, fetchingConfig(), memstore.New(), sleeper)
			defer f.stop()
			if shown, n := f.says(t, wait+" hello"); shown != "hello" || n != tries {
				t.Errorf("%s: %q in try %d", wait, shown, n)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		f := newFetching(t, fetchingConfig(), memstore.New(), sleeper)
		defer f.stop()
		if shown, n := f.says(t, "60s hello"); shown != later || n != 3 {
			t.Errorf("%q in try %d", shown, n)
		}
		if shown, n := f.says(t, "查看"); shown != later || n != 3 {
			t.Errorf("fetched too early: %q in try %d", shown, n)
		}
		began := time.Now()
		time.Sleep(23 * time.Second)
		if shown, n := f.says(t, "查看"); shown != "hello" || n != 2 {
			t.Errorf("fetched while it was made: %q in try %d after %s", shown, n, time.Since(began))
		}
		if shown, _ := f.says(t, "查看"); shown != "plugin got 查看" {
			t.Errorf("the word belongs to the plugins again, but %q", shown)
		}
		assertNothingWaits(t, f)
	})
}

// assertNothingWaits holds that neither the channel nor the store has anything left.
func assertNothingWaits(t *testing.T, f *fetching) {
	t.Helper()
	time.Sleep(time.Second)
	on, err := f.store.Deliveries(t.Context())
	messages, err2 := f.store.Unfinished(t.Context())
	if err := errors.Join(err, err2); err != nil || len(on) > 0 || len(messages) > 0 {
		t.Errorf("%d deliveries and %d messages are left, %v", len(on), len(messages), err)
	}
	if f.mailbox.number != 0 || f.mailbox.bytes != 0 || len(f.mailbox.letters) > 0 || len(f.mailbox.readers) > 0 {
		t.Errorf("the mailbox has %d letters of %d bytes, %d readers", f.mailbox.number, f.mailbox.bytes, len(f.mailbox.readers))
	}
	if len(f.slots.tails) > 0 {
		t.Errorf("%d conversations wait for something to go", len(f.slots.tails))
	}
}

func TestLateAnswerIsFetchedByTapping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFetching(t, fetchingConfig(), memstore.New(), sleeper)
		defer f.stop()
		f.says(t, "20s one two three")
		time.Sleep(10 * time.Second)
		tap := strings.Replace(textBody(100, "查看"), "</xml>", "<bizmsgmenuid>"+readID+"</bizmsgmenuid></xml>", 1)
		for range 3 { // The platform's repeats get the same.
			if shown, _ := f.shown(t, tap); shown != "one\ntwo\nthree" {
				t.Errorf("got %q", shown)
			}
		}
		if shown, _ := f.shown(t, strings.Replace(tap, "100", "101", 1)); shown != "nothing" {
			t.Errorf("the second tap shows %q", shown)
		}
		assertNothingWaits(t, f)
	})
}

func TestLongLateAnswerIsReadByPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFetching(t, fetchingConfig(), memstore.New(), sleeper)
		defer f.stop()
		if shown, _ := f.says(t, "1s longx image end"); shown != strings.Repeat("x", 2048-len("\nmore: 查看"))+"\nmore: 查看" {
			t.Errorf("page 1 has %d bytes", len(shown))
		}
		if shown, _ := f.says(t, "查看"); shown != strings.Repeat("x", 3000-2048+len("\nmore: 查看"))+"\nmore: 查看" {
			t.Errorf("page 2 is %.20q", shown)
		}
		if shown, _ := f.says(t, "查看"); shown != "image" {
			t.Errorf("page 3 is %q", shown)
		}
		if shown, _ := f.says(t, "查看"); shown != "end" {
			t.Errorf("page 4 is %q", shown)
		}
		assertNothingWaits(t, f)
	})
}

// TestWaitingAnswerSurvivesARestart holds that also the page is remembered.
func TestWaitingAnswerSurvivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memstore.New()
		before := newFetching(t, fetchingConfig(), store, sleeper)
		before.says(t, "20s longx end")
		time.Sleep(10 * time.Second)
		first, _ := before.says(t, "查看")
		before.stop()
		after := newFetching(t, fetchingConfig(), store, sleeper)
		defer after.stop()
		after.next = before.next
		time.Sleep(time.Second)
		second, _ := after.says(t, "查看")
		if got := strings.Count(first, "x") + strings.Count(second, "x"); got != 3000 || !strings.HasSuffix(second, "\nend") {
			t.Errorf("read %d of 3000 characters, then %q", got, second)
		}
		assertNothingWaits(t, after)
	})
}

func TestRunningTurnSurvivesARestartAndIsFetched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memstore.New()
		before := newFetching(t, fetchingConfig(), store, sleeper)
		before.says(t, "60s hello")
		before.stop()
		after := newFetching(t, fetchingConfig(), store, sleeper)
		defer after.stop()
		time.Sleep(48 * time.Second)
		tap := strings.Replace(textBody(100, "查看"), "</xml>", "<bizmsgmenuid>"+readID+"</bizmsgmenuid></xml>", 1)
		if shown, n := after.shown(t, tap); shown != "hello" || n != 3 {
			t.Errorf("%q in try %d", shown, n)
		}
		assertNothingWaits(t, after)
	})
}

func TestNextAnswerTellsWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFetching(t, fetchingConfig(), memstore.New(), sleeper)
		defer f.stop()
		f.says(t, "20s first")
		time.Sleep(10 * time.Second)
		if shown, _ := f.says(t, "1s longx"); shown != strings.Repeat("x", 2048-len("\nmore: 查看"))+"\nmore: 查看" {
			t.Errorf("got %q", shown)
		}
		if shown, _ := f.says(t, " 查看 "); shown != "first\n"+strings.Repeat("x", 3000-2048+len("\nmore: 查看")) {
			t.Errorf("got %q", shown)
		}
		assertNothingWaits(t, f)
	})
}

// TestNextAnswerBringsWhatWaits holds that the older answer comes first, where there is room for both.
func TestNextAnswerBringsWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFetching(t, fetchingConfig(), memstore.New(), sleeper)
		defer f.stop()
		f.says(t, "20s first")
		if shown, _ := f.says(t, "1s second"); shown != "first\nsecond" {
			t.Errorf("got %q", shown)
		}
		assertNothingWaits(t, f)
	})
}

// TestWordIsAWishAsLongAsAnAnswerIsDue holds that whoever was told to write a word is not sent to the plugins with it: for each of two
// answers, and after a restart.
func TestWordIsAWishAsLongAsAnAnswerIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memstore.New()
		f := newFetching(t, fetchingConfig(), store, sleeper)
		f.says(t, "20s one")
		f.says(t, "40s two")
		if shown, _ := f.says(t, "查看"); shown != "one" {
			t.Errorf("got %q", shown)
		}
		if shown, _ := f.says(t, "查看"); shown != later {
			t.Errorf("the second one is not there yet, and the person sees %q", shown)
		}
		f.stop()
		after := newFetching(t, fetchingConfig(), store, sleeper)
		defer after.stop()
		after.next = f.next
		for range 3 {
			if shown, _ := after.says(t, "查看"); shown == "two" {
				assertNothingWaits(t, after)
				return
			} else if shown != later {
				t.Errorf("after the restart %q", shown)
			}
		}
		t.Error("the second answer never came")
	})
}

// TestFastTapsReadInOrder holds that no tap is too quick: what is on its way to the mailbox is waited for, and told of.
func TestFastTapsReadInOrder(t *testing.T) {
	for _, pause := range []time.Duration{0, time.Millisecond, 100 * time.Millisecond, 300 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			f := newFetching(t, fetchingConfig(), memstore.New(), sleeper)
			defer f.stop()
			f.says(t, "20s longa longb longc")
			time.Sleep(10 * time.Second)
			read := ""
			for range 9 {
				f.next++
				s := slow{Channel: f.Channel}
				all := s.askThrice(textBody(f.next, "查看"))
				page := contentOf(t, all[len(all)-1].w)
				page, more := strings.CutSuffix(page, "\nmore: 查看")
				read += strings.ReplaceAll(page, "\n", "")
				if !more {
					break
				}
				time.Sleep(pause)
			}
			if want := strings.Repeat("a", 3000) + strings.Repeat("b", 3000) + strings.Repeat("c", 3000); read != want {
				t.Errorf("%s between the taps: read %d bytes: %s", pause, len(read), runs(read))
			}
			assertNothingWaits(t, f)
		})
	}
}

// runs says how a text is made of equal letters.
func runs(text string) string {
	var out []string
	for text != "" {
		rest := strings.TrimLeft(text, text[:1])
		out = append(out, fmt.Sprintf("%d %s", len(text)-len(rest), text[:1]))
		text = rest
	}
	return strings.Join(out, ", ")
}

func TestAnswerThatNobodyFetchedFailsInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFetching(t, fetchingConfig(), memstore.New(), sleeper)
		defer f.stop()
		f.says(t, "20s first")
		time.Sleep(25 * time.Hour)
		failed, err := f.store.Deliveries(t.Context(), core.StatusFailed)
		if err != nil || len(failed) != 1 || !strings.Contains(failed[0].Reason, errUnread.Error()) {
			t.Errorf("failed %+v, %v", failed, err)
		}
	})
}

func TestPersonWhoLeavesFetchesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFetching(t, fetchingConfig(), memstore.New(), sleeper)
		defer f.stop()
		f.says(t, "20s first")
		time.Sleep(10 * time.Second)
		f.shown(t, eventBody("unsubscribe", "<EventKey></EventKey>"))
		synctest.Wait()
		failed, err := f.store.Deliveries(t.Context(), core.StatusFailed)
		if err != nil || len(failed) != 1 || !strings.Contains(failed[0].Reason, errLeft.Error()) {
			t.Errorf("failed %+v, %v", failed, err)
		}
		if len(f.slots.tails) != 0 {
			t.Error("answers wait for it if they come back")
		}
	})
}

// slowStore takes its time for deliveries, once it is told to.
type slowStore struct {
	*memstore.Store
	slow *atomic.Bool
}

func (s slowStore) PutDelivery(ctx context.Context, d *core.Delivery) error {
	if s.slow.Load() {
		time.Sleep(4 * time.Second)
	}
	return s.Store.PutDelivery(ctx, d)
}

// TestPersonWhoIsWelcomeDoesNotWaitForTheStore holds that what becomes of many letters costs no try of the message that decides it.
func TestPersonWhoIsWelcomeDoesNotWaitForTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := slowStore{memstore.New(), &atomic.Bool{}}
		f := newFetching(t, fetchingConfig(), store, sleeper)
		defer f.stop()
		f.says(t, "20s "+strings.Repeat("word ", 20))
		time.Sleep(10 * time.Second)
		store.slow.Store(true)
		began := time.Now()
		f.shown(t, eventBody("unsubscribe", "<EventKey></EventKey>"))
		if took := time.Since(began); took > 2*time.Second { // One of them is the person's.
			t.Errorf("answered after %s", took)
		}
		time.Sleep(2 * time.Minute)
		failed, err := store.Deliveries(t.Context(), core.StatusFailed)
		if err != nil || len(failed) != 20 {
			t.Errorf("%d failed, %v", len(failed), err)
		}
	})
}

// TestEachStepCanBeSwitchedOff is about bot.yaml's late: hold and read.
func TestEachStepCanBeSwitchedOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := fetchingConfig()
		c.Late.Hold = false
		f := newFetching(t, c, memstore.New(), sleeper)
		defer f.stop()
		if shown, n := f.says(t, "6s hello"); shown != later || n != 1 {
			t.Errorf("without hold: %q in try %d", shown, n)
		}
		if shown, _ := f.says(t, "查看"); shown != "hello" {
			t.Errorf("without hold: fetched %q", shown)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		c := fetchingConfig()
		c.Late.Read = false
		f := newFetching(t, c, memstore.New(), sleeper)
		defer f.stop()
		if shown, n := f.says(t, "20s hello"); shown != "" || n != 3 {
			t.Errorf("without read: %q in try %d", shown, n)
		}
		time.Sleep(10 * time.Second)
		failed, err := f.store.Deliveries(t.Context(), core.StatusFailed)
		if err != nil || len(failed) != 1 || !strings.Contains(failed[0].Reason, errWindowOver.Error()) {
			t.Errorf("failed %+v, %v", failed, err)
		}
	})
}

// TestUnfetchedPassiveAnswerWaits is about the platform that hangs up and does not come back.
func TestUnfetchedPassiveAnswerWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFetching(t, fetchingConfig(), memstore.New(), sleeper)
		defer f.stop()
		s := slow{Channel: f.Channel}
		s.ask(textBody(1000, "6s hello"), time.Now())
		time.Sleep(20 * time.Second)
		if shown, _ := f.says(t, "查看"); shown != "hello" {
			t.Errorf("fetched %q", shown)
		}
		assertNothingWaits(t, f)
	})
}

// TestReaderWhoHangsUpLosesNothing is about a tap whose request is cut off.
func TestReaderWhoHangsUpLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFetching(t, fetchingConfig(), memstore.New(), sleeper)
		defer f.stop()
		f.says(t, "20s hello")
		s := slow{Channel: f.Channel}
		s.ask(textBody(1000, "查看"), time.Now()) // Comes 14.5 s after the message, and is cut off at 19.5 s.
		time.Sleep(20 * time.Second)
		if shown, _ := f.says(t, "查看"); shown != "hello" {
			t.Errorf("fetched %q", shown)
		}
		assertNothingWaits(t, f)
	})
}

func TestMailboxIsBounded(t *testing.T) {
	b := newMailbox(time.Hour)
	letter := func(person, id string, size int) *core.Delivery {
		return &core.Delivery{ID: id, Conversation: person, Created: time.Now(), Content: sdk.Text{Text: strings.Repeat("x", size)}}
	}
	for n := range mostForOne + 1 {
		if err := b.put(letter("ann", fmt.Sprint(n), 1)); (err != nil) != (n == mostForOne) {
			t.Fatalf("letter %d: %v", n, err)
		}
	}
	count := 0
	for n := range 2 * mostBytes >> 20 {
		if err := b.put(letter(fmt.Sprint("p", n), "x", 1<<20)); err == nil {
			count++
		}
	}
	if b.bytes > mostBytes || count < 60 {
		t.Errorf("%d bytes, %d large letters", b.bytes, count)
	}
	for n := range count {
		b.take(fmt.Sprint("p", n), nil)
	}
	b.take("ann", nil)
	if b.bytes != 0 || b.number != 0 {
		t.Errorf("%d letters with %d bytes are left", b.number, b.bytes)
	}
	for n := range mostLetters + 1 {
		if err := b.put(letter(fmt.Sprint(n), "x", 1)); (err != nil) != (n == mostLetters) {
			t.Fatalf("letter %d: %v", n, err)
		}
	}
}
