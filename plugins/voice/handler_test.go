package voice_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sdktest"
)

// TestHandle_NoVoice passes everything else as it is.
func TestHandle_NoVoice(t *testing.T) {
	p, _ := started(t, hosting(nil, nil), "{}")
	for _, c := range []sdk.Content{
		sdk.Text{Text: "hi"}, sdk.Image{}, sdk.Video{}, sdk.File{}, sdk.Location{}, sdk.Link{}, sdk.Menu{}, sdk.Event{Type: "subscribe"}, sdk.Raw{Type: "x"},
	} {
		if turn := p.Send(c); !turn.Passed || turn.Replies != nil || turn.Forwarded != nil || turn.Err != nil {
			t.Errorf("%s: %+v", c.Kind(), turn)
		}
	}
}

func TestHandle_Unconfigured(t *testing.T) {
	host := hosting(recording(t, "go.amr"), second())
	p, _ := started(t, host, "{}")
	if turn := p.Send(said()); !slices.Equal(turn.Texts(), []string{unconfigured}) || turn.Forwarded != nil || turn.Passed {
		t.Errorf("got %+v", turn)
	}
	if len(host.Opened()) > 0 {
		t.Error("the recording was fetched for nothing")
	}
	own, _ := started(t, host, `{"texts":{"unconfigured":""}}`)
	if turn := own.Send(said()); turn.Replies != nil || turn.Err != nil {
		t.Errorf("without a text: %+v", turn)
	}
}

// TestHandle_Forward holds that the next step sees the words, and the sound with them.
func TestHandle_Forward(t *testing.T) {
	service := hears(t, " 今天天气怎么样 ")
	p, log := started(t, hosting(nil, second()), openai(service, ""))
	v := said()
	v.Wideband = sdk.Media{ID: "gone"}
	want := v
	want.Transcript = "今天天气怎么样"
	turn := p.Send(v)
	if !reflect.DeepEqual(turn.Forwarded, sdk.Content(want)) || turn.Replies != nil || turn.Err != nil {
		t.Errorf("got %+v", turn)
	}
	if got := log.of(t); len(got) > 0 {
		t.Errorf("the log says %q", got)
	}
}

func TestHandle_Reply(t *testing.T) {
	service := hears(t, "你好")
	for config, want := range map[string]string{
		`,"mode":"reply"`: "收到你的语音消息，识别结果是: 你好",
		`,"mode":"reply","texts":{"reply":"“{text}”?"}`: "“你好”?",
	} {
		p, _ := started(t, hosting(nil, second()), openai(service, config))
		if turn := p.Send(said()); !slices.Equal(turn.Texts(), []string{want}) || turn.Forwarded != nil || turn.Passed {
			t.Errorf("%s: %+v", config, turn)
		}
	}
}

// TestHandle_PlatformsText holds that what the platform has recognised is not recognised again.
func TestHandle_PlatformsText(t *testing.T) {
	v := said()
	v.Transcript = " 平台说的 "
	for config, want := range map[string]sdktest.Turn{
		"{}":               {Forwarded: sdk.Voice{Media: v.Media, Transcript: "平台说的"}},
		`{"mode":"reply"}`: {Replies: []sdk.Content{sdk.Text{Text: "收到你的语音消息，识别结果是: 平台说的"}}},
	} {
		host := hosting(recording(t, "go.amr"), second())
		p, _ := started(t, host, config)
		if turn := p.Send(v); !reflect.DeepEqual(turn, want) || len(host.Opened()) > 0 {
			t.Errorf("%s: got %+v, opened %v", config, turn, host.Opened())
		}
	}
	service := hears(t, "gehört")
	p, _ := started(t, hosting(nil, second()), openai(service, ""))
	v.Transcript = "  "
	if turn := p.Send(v); turn.Forwarded == nil || turn.Forwarded.(sdk.Voice).Transcript != "gehört" {
		t.Errorf("an empty one of the platform: %+v", turn)
	}
}

// TestHandle_Wideband prefers the recording of 16 kHz.
func TestHandle_Wideband(t *testing.T) {
	service := hears(t, "hi")
	host := hosting(nil, second())
	host.WAV16k["wide"] = second()
	p, _ := started(t, host, openai(service, ""))
	v := said()
	v.Wideband = sdk.Media{ID: "wide"}
	p.Send(v)
	if got := host.Opened(); len(got) != 1 || got[0].Media.ID != "wide" || got[0].Want != sdk.WAV16k || got[0].Channel != "test" {
		t.Errorf("opened %+v", got)
	}
}

// TestHandle_NotRecognised is about what ends in the set reply and one line of the log.
func TestHandle_NotRecognised(t *testing.T) {
	amr := recording(t, "go.amr")
	long := append(bytes.Clone(amr), bytes.Repeat(amr[6:], 22)...)
	service := func(status int, body string) func(t *testing.T) *fake {
		return func(t *testing.T) *fake {
			return newFake(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				_, _ = w.Write([]byte(body))
			})
		}
	}
	fine := service(200, `{"text":"never asked"}`)
	for name, c := range map[string]struct {
		host    *sdktest.Host
		service func(t *testing.T) *fake
		says    string
		asked   int
	}{
		"expired":                {hosting(nil, nil), fine, "does not have this media", 0},
		"an error in JSON":       {hosting([]byte(`{"errcode":40007,"errmsg":"invalid media_id"}`), nil), fine, "does not have", 0},
		"empty":                  {hosting(nil, []byte{}), fine, "empty", 0},
		"damaged":                {failing(fmt.Errorf("%w: the recording cannot be read: corrupt", sdk.ErrMediaForm)), fine, "cannot be read: corrupt", 0},
		"an unknown format":      {failing(fmt.Errorf("%w: its format is unknown", sdk.ErrMediaForm)), fine, "unknown", 0},
		"no ffmpeg":              {failing(fmt.Errorf("%w: install ffmpeg", sdk.ErrMediaForm)), fine, "install ffmpeg", 0},
		"too large":              {failing(sdk.ErrMediaTooLarge), fine, "too large", 0},
		"far too large":          {hosting(nil, make([]byte, 5<<20)), fine, "more than", 0},
		"too long":               {hosting(nil, long), fine, "too long: 1m4s", 0},
		"not granted":            {failing(sdk.ErrNotGranted), fine, "grants: [media]", 0},
		"no recording":           {hosting(nil, nil), fine, "no recording", 0},
		"the service is broken":  {hosting(nil, second()), service(500, "oops"), "500 Internal Server Error: oops", 3},
		"the key is wrong":       {hosting(nil, second()), service(401, `{"error":{"message":"bad key"}}`), "class=settings", 1},
		"the service is no such": {hosting(nil, second()), service(200, "<html>"), "not what it should be", 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := c.service(t)
			p, log := started(t, c.host, openai(f, ""))
			v := said()
			if name == "no recording" {
				v = sdk.Voice{}
			}
			turn := p.Send(v)
			if !slices.Equal(turn.Texts(), []string{unheard}) || turn.Err != nil || turn.Forwarded != nil {
				t.Errorf("got %+v", turn)
			}
			if got := log.of(t); len(got) != 1 || !strings.Contains(got[0], c.says) || !strings.Contains(got[0], "message=message-1") {
				t.Errorf("the log says %q, want one line with %q", got, c.says)
			}
			if f.asked() != c.asked {
				t.Errorf("the service was asked %d times, want %d", f.asked(), c.asked)
			}
		})
	}
}

// failing is a Host whose media cannot be had.
func failing(err error) *sdktest.Host {
	return &sdktest.Host{Fail: func(method string) error {
		if method == "OpenMedia" {
			return err
		}
		return nil
	}}
}

// TestHandle_Nothing is a recording in which nobody speaks: the service hears nothing, or is not even asked.
func TestHandle_Nothing(t *testing.T) {
	for name, c := range map[string]struct {
		wav   []byte
		asked int
	}{"it hears nothing": {second(), 1}, "too short": {second()[:44+9000], 0}} {
		f := hears(t, " ")
		p, log := started(t, hosting(nil, c.wav), openai(f, ""))
		turn := p.Send(said())
		if !slices.Equal(turn.Texts(), []string{unheard}) || f.asked() != c.asked || len(log.of(t)) > 0 {
			t.Errorf("%s: %+v, asked %d times, log %q", name, turn, f.asked(), log.of(t))
		}
	}
}

// TestHandle_Once holds that a message that comes again is not recognised again, in this process and in the next one.
func TestHandle_Once(t *testing.T) {
	f := hears(t, "einmal")
	host := hosting(nil, second())
	p, _ := started(t, host, openai(f, ""))
	m := p.Person("ann").Message(said())
	for range 3 {
		if turn := p.Handle(t.Context(), m); turn.Forwarded == nil || turn.Forwarded.(sdk.Voice).Transcript != "einmal" {
			t.Errorf("got %+v", turn)
		}
	}
	next, _ := started(t, host, openai(f, ""))
	if turn := next.Handle(t.Context(), m); turn.Forwarded == nil || turn.Forwarded.(sdk.Voice).Transcript != "einmal" {
		t.Errorf("after a crash: %+v", turn)
	}
	if f.asked() != 1 || len(host.Opened()) != 1 {
		t.Errorf("asked %d times, fetched %d times", f.asked(), len(host.Opened()))
	}
	other := *m
	other.Channel = "another"
	if p.Handle(t.Context(), &other); f.asked() != 2 {
		t.Error("the same id of another channel is another message")
	}
}

// TestHandle_WithoutValues keeps results in memory where the bot keeps none.
func TestHandle_WithoutValues(t *testing.T) {
	f := hears(t, "hi")
	var gets int
	host := hosting(nil, second())
	host.Fail = func(method string) error {
		if method == "Get" || method == "Put" {
			gets++
			return sdk.ErrNotGranted
		}
		return nil
	}
	p, log := started(t, host, openai(f, ""))
	m := p.Person("ann").Message(said())
	p.Handle(t.Context(), m)
	p.Handle(t.Context(), m)
	p.Send(said())
	if f.asked() != 2 || gets != 1 || len(log.of(t)) > 0 {
		t.Errorf("asked %d times, the bot %d times, log %q", f.asked(), gets, log.of(t))
	}
}

// TestHandle_AgainWhenItMayHelp holds that a failure which passes is neither kept nor hidden from the next try.
func TestHandle_AgainWhenItMayHelp(t *testing.T) {
	f := newFake(t, nil)
	f.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.calls++; f.calls <= 4 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"text": "endlich"})
	})
	p, log := started(t, hosting(nil, second()), openai(f, ""))
	m := p.Person("ann").Message(said())
	if turn := p.Handle(t.Context(), m); !slices.Equal(turn.Texts(), []string{unheard}) || f.asked() != 3 || len(log.of(t)) != 1 {
		t.Errorf("got %+v, asked %d times", turn, f.asked())
	}
	if turn := p.Handle(t.Context(), m); turn.Forwarded == nil || turn.Forwarded.(sdk.Voice).Transcript != "endlich" || f.asked() != 5 {
		t.Errorf("got %+v, asked %d times", turn, f.asked())
	}
}

// TestHandle_Twenty has twenty people speak at once.
func TestHandle_Twenty(t *testing.T) {
	var now, most int
	f := newFake(t, nil)
	f.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		f.mu.Lock()
		f.calls++
		now++
		most = max(most, now)
		f.mu.Unlock()
		time.Sleep(5 * time.Millisecond)
		f.mu.Lock()
		now--
		f.mu.Unlock()
		_ = json.NewEncoder(w).Encode(map[string]string{"text": "hi"})
	})
	p, log := started(t, hosting(nil, second()), openai(f, `,"at_once":3`))
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			turn := p.Person(fmt.Sprint("person-", i)).Send(said())
			if turn.Forwarded == nil || turn.Forwarded.(sdk.Voice).Transcript != "hi" || turn.Err != nil {
				t.Errorf("%d: %+v", i, turn)
			}
		})
	}
	wg.Wait()
	if f.asked() != 20 || most > 3 || len(log.of(t)) > 0 {
		t.Errorf("asked %d times, %d at once, log %q", f.asked(), most, log.of(t))
	}
}

// TestHandle_TooSlow holds that the person is answered before the turn ends, whatever the service does.
func TestHandle_TooSlow(t *testing.T) {
	over := make(chan struct{})
	f := newFake(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-over:
		}
	})
	defer close(over)
	for name, c := range map[string]struct {
		config string
		turn   time.Duration
	}{"its own time": {`,"timeout":"50ms"`, time.Minute}, "that of the turn": {"", 2100 * time.Millisecond}} {
		p, log := started(t, hosting(nil, second()), openai(f, c.config))
		ctx, cancel := context.WithTimeout(t.Context(), c.turn)
		turn := p.Handle(ctx, p.Person("ann").Message(said()))
		cancel()
		if got := log.of(t); !slices.Equal(turn.Texts(), []string{unheard}) || len(got) != 1 || !strings.Contains(got[0], "class=again") || !strings.Contains(got[0], "longer than") {
			t.Errorf("%s: %+v, log %q", name, turn, got)
		}
	}
}

// TestHandle_Damaged gives 3,000 damaged recordings to a backend that takes most formats as they are: each is answered.
func TestHandle_Damaged(t *testing.T) {
	f := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"Response":{"Result":"","RequestId":"r"}}`))
	})
	host := &sdktest.Host{Media: map[string][]byte{}}
	names := []string{"go.amr", "go.amrwb", "go.opus", "go.spx", "go.mp3", "go.m4a"}
	const all = 3000
	for i := range all {
		random := rand.New(rand.NewPCG(uint64(i), 1))
		clip := bytes.Clone(recording(t, names[i%len(names)]))
		clip = clip[:1+random.IntN(len(clip))]
		for range random.IntN(20) {
			clip[random.IntN(len(clip))] = byte(random.IntN(256))
		}
		host.Media[fmt.Sprint(i)] = clip
	}
	p, _ := started(t, host, fmt.Sprintf(`{"backend":"tencent","url":%q,"secret_id":"id","secret_key":"key"}`, f.URL))
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := worker; i < all; i += 8 {
				turn := p.Person(fmt.Sprint(worker)).Send(sdk.Voice{Media: sdk.Media{ID: fmt.Sprint(i)}})
				if !slices.Equal(turn.Texts(), []string{unheard}) || turn.Err != nil {
					t.Errorf("clip %d: %+v", i, turn)
				}
			}
		})
	}
	wg.Wait()
	if f.asked() == 0 || f.asked() > all {
		t.Errorf("asked %d times", f.asked())
	}
}
