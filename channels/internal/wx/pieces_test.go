package wx_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
)

const (
	codePiece = 830002
	megabyte  = 1 << 20
)

// keeper is a platform that gives at most so many bytes at once.
type keeper struct {
	data   string
	most   int
	mu     sync.Mutex // A request that hung up may not have ended when it is made again.
	ranges []string
	change func(w http.ResponseWriter, r *http.Request, from int) bool // Answers in its place, if it returns true.
}

func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	wanted := r.Header.Get("Range")
	k.mu.Lock()
	k.ranges = append(k.ranges, wanted)
	k.mu.Unlock()
	from, to := 0, len(k.data)-1
	if wanted != "" {
		if _, err := fmt.Sscanf(wanted, "bytes=%d-%d", &from, &to); err != nil {
			panic(http.ErrAbortHandler)
		}
		to = min(to, len(k.data)-1)
	}
	switch {
	case k.change != nil && k.change(w, r, from):
	case to-from >= k.most:
		says("application/json", "", fmt.Sprintf(`{"errcode":%d,"errmsg":"range too large"}`, codePiece))(w, r)
	default:
		k.give(w, wanted, from, to, len(k.data))
	}
}

func (k *keeper) give(w http.ResponseWriter, wanted string, from, to, total int) {
	w.Header().Set("Content-Type", "text/plain")
	w.Header().Set("Content-Disposition", `attachment; filename*=UTF-8''%E6%8A%A5%E5%91%8A.txt`)
	if wanted != "" {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to, total))
		w.WriteHeader(http.StatusPartialContent)
	}
	_, _ = io.WriteString(w, k.data[from:to+1])
}

// random is text in which no part is like another.
func random(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprint(&b, i, " ")
	}
	return b.String()[:size]
}

func TestPieces(t *testing.T) {
	for name, test := range map[string]struct {
		data   string
		most   int
		ranges []string
	}{
		"all at once":       {random(1000), megabyte, []string{""}},
		"nothing":           {"", megabyte, []string{""}},
		"in four":           {random(megabyte), megabyte / 4, []string{"", "bytes=0-262143", "bytes=262144-524287", "bytes=524288-786431", "bytes=786432-1048575"}},
		"the last is one":   {random(megabyte/4 + 1), megabyte / 4, []string{"", "bytes=0-262143", "bytes=262144-524287"}},
		"in smaller ones":   {random(100_000), 70_000, []string{"", "bytes=0-262143", "bytes=0-65535", "bytes=65536-131071"}},
		"like an error":     {`{"errcode":40007}` + random(megabyte/4), megabyte / 4, []string{"", "bytes=0-262143", "bytes=262144-524287"}},
		"as large as taken": {random(megabyte), megabyte, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			k := &keeper{data: test.data, most: test.most}
			b, err := newAPI(t, k).DownloadPieces(t.Context(), "/get", url.Values{"media_id": {"M"}}, megabyte, codePiece)
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			data, err := io.ReadAll(b)
			if err != nil || string(data) != test.data || b.Size != int64(len(data)) && b.Size != -1 {
				t.Errorf("%d bytes of %d, %v", len(data), b.Size, err)
			}
			if b.Name != "报告.txt" || b.Type != "text/plain" || !slices.Equal(k.ranges, test.ranges) {
				t.Errorf("%q %q by %q", b.Name, b.Type, k.ranges)
			}
		})
	}
}

func TestPieces_NotGiven(t *testing.T) {
	large := random(megabyte)
	for name, test := range map[string]struct {
		keeper *keeper
		code   int
		is     error
	}{
		"too large in all":     {&keeper{data: large + "x", most: megabyte / 2}, 0, core.ErrMediaTooLarge},
		"nothing at any size":  {&keeper{data: large, most: 10}, codePiece, nil},
		"gone":                 {&keeper{data: large, most: 10, change: refuses(40007, 0)}, 40007, nil},
		"gone in its middle":   {&keeper{data: large, most: megabyte / 4, change: refuses(40007, megabyte/4)}, 40007, nil},
		"JSON that is nothing": {&keeper{data: large, most: megabyte / 4, change: refuses(0, megabyte/4)}, 0, wx.ErrUnknown},
		"hung up in its middle": {&keeper{data: large, most: megabyte / 4, change: func(_ http.ResponseWriter, _ *http.Request, from int) bool {
			if from > 0 {
				panic(http.ErrAbortHandler)
			}
			return false
		}}, 0, wx.ErrUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := newAPI(t, test.keeper).DownloadPieces(t.Context(), "/get", nil, megabyte, codePiece)
			if err == nil {
				_, err = io.ReadAll(b)
				b.Close()
			}
			if err == nil || wx.CodeOf(err) != test.code || test.is != nil && !errors.Is(err, test.is) || strings.Contains(err.Error(), "hush") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// refuses answers a call from a byte on with an errcode.
func refuses(code, at int) func(http.ResponseWriter, *http.Request, int) bool {
	return func(w http.ResponseWriter, r *http.Request, from int) bool {
		if from < at || r.Header.Get("Range") == "" && code == 0 {
			return false
		}
		says("application/json", "", fmt.Sprintf(`{"errcode":%d}`, code))(w, r)
		return true
	}
}

// TestPieces_NotAsAskedFor holds that nothing is put together that does not belong together.
func TestPieces_NotAsAskedFor(t *testing.T) {
	const piece = megabyte / 4
	data := random(megabyte)
	gives := func(when int, from, to, total int) func(k *keeper) func(http.ResponseWriter, *http.Request, int) bool {
		return func(k *keeper) func(http.ResponseWriter, *http.Request, int) bool {
			return func(w http.ResponseWriter, r *http.Request, at int) bool {
				if at != when || r.Header.Get("Range") == "" {
					return false
				}
				k.give(w, "bytes", from, to, total)
				return true
			}
		}
	}
	for name, change := range map[string]func(k *keeper) func(http.ResponseWriter, *http.Request, int) bool{
		"another piece":     gives(0, 10, 20, megabyte),
		"a piece once more": gives(piece, 0, piece-1, megabyte),
		"of nothing":        gives(0, 0, 0, 0),
		"it has grown":      gives(piece, piece, 2*piece-1, megabyte-1),
		"all, when it is read": func(k *keeper) func(http.ResponseWriter, *http.Request, int) bool {
			return func(w http.ResponseWriter, _ *http.Request, at int) bool {
				if at > 0 {
					k.give(w, "", 0, megabyte-1, megabyte)
				}
				return at > 0
			}
		},
		"no range": func(*keeper) func(http.ResponseWriter, *http.Request, int) bool {
			return func(w http.ResponseWriter, r *http.Request, _ int) bool {
				if r.Header.Get("Range") != "" {
					w.WriteHeader(http.StatusPartialContent)
				}
				return r.Header.Get("Range") != ""
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := &keeper{data: data, most: piece}
			k.change = change(k)
			b, err := newAPI(t, k).DownloadPieces(t.Context(), "/get", nil, megabyte, codePiece)
			if err == nil {
				_, err = io.ReadAll(b)
				b.Close()
			}
			if !errors.Is(err, wx.ErrUnknown) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestPieces_LongerThanItSays(t *testing.T) {
	k := &keeper{data: random(megabyte), most: megabyte / 4}
	k.change = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.Header.Get("Range") == "" {
			return false
		}
		w.Header().Set("Content-Range", fmt.Sprintf("bytes 0-9/%d", megabyte))
		w.WriteHeader(http.StatusPartialContent)
		_, _ = io.WriteString(w, random(11))
		return true
	}
	b, err := newAPI(t, k).DownloadPieces(t.Context(), "/get", nil, megabyte, codePiece)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if data, err := io.ReadAll(b); !errors.Is(err, core.ErrMediaTooLarge) || len(data) != 10 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}

// TestPieces_EmptyPiece leads to no endless row of calls.
func TestPieces_EmptyPiece(t *testing.T) {
	k := &keeper{data: random(megabyte), most: megabyte / 4}
	k.change = func(w http.ResponseWriter, r *http.Request, from int) bool {
		if from == 0 {
			return false
		}
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, from, megabyte))
		w.WriteHeader(http.StatusPartialContent)
		return true
	}
	b, err := newAPI(t, k).DownloadPieces(t.Context(), "/get", nil, megabyte, codePiece)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if data, err := io.ReadAll(b); !errors.Is(err, io.ErrUnexpectedEOF) || len(data) != megabyte/4 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}

// TestPieces_AllInThePlaceOfAPiece: a platform need not know Range.
func TestPieces_AllInThePlaceOfAPiece(t *testing.T) {
	k := &keeper{data: random(1000), most: 10}
	k.change = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.Header.Get("Range") != "" {
			k.give(w, "", 0, 999, 1000)
		}
		return r.Header.Get("Range") != ""
	}
	b, err := newAPI(t, k).DownloadPieces(t.Context(), "/get", nil, megabyte, codePiece)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if data, err := io.ReadAll(b); err != nil || string(data) != k.data {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}

func TestPieces_TokenIsReplacedInTheMiddle(t *testing.T) {
	expired := false
	k := &keeper{data: random(megabyte), most: megabyte / 4}
	k.change = func(w http.ResponseWriter, r *http.Request, from int) bool {
		expired = expired || from > 0
		if !expired || r.URL.Query().Get("access_token") != "hush-1" {
			return false
		}
		says("application/json", "", `{"errcode":42001}`)(w, r)
		return true
	}
	b, err := newAPI(t, k).DownloadPieces(t.Context(), "/get", nil, megabyte, codePiece)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if data, err := io.ReadAll(b); err != nil || string(data) != k.data {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}

func TestMediaLimit_Least(t *testing.T) {
	limit := wx.MediaLimit{Most: 1 << 10, Least: 6}
	for data, ok := range map[string]bool{"": false, "hello": false, "hello!": true} {
		_, done, err := limit.File(streamed("a.txt", data))
		if (err == nil) != ok || (done != nil) != ok || err != nil && !strings.Contains(err.Error(), "at least 6") {
			t.Errorf("%q: %v", data, err)
		}
		if ok {
			done()
		}
	}
}
