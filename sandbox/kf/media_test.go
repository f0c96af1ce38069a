package kf_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/kf"
)

var (
	png = append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 100)...)
	mp4 = append([]byte("\x00\x00\x00\x18ftypmp42"), make([]byte, 100)...)
)

// clip is an AMR clip of so many seconds, at 12.2 kbit/s.
func clip(seconds int) []byte {
	frame := append([]byte{7 << 3}, make([]byte, 31)...)
	return append([]byte("#!AMR\n"), bytes.Repeat(frame, seconds*50)...)
}

func grown(data []byte, size int) []byte {
	return append(bytes.Clone(data), make([]byte, size-len(data))...)
}

func TestUpload_Limits(t *testing.T) {
	w := quiet(t, kf.Rules{})
	for name, test := range map[string]struct {
		kind string
		data []byte
		code int
	}{
		"picture": {"image", png, 0}, "picture at its limit": {"image", grown(png, 10<<20), 0}, "large picture": {"image", grown(png, 10<<20+1), 40009},
		"text as picture": {"image", []byte("hello world"), 40005}, "minute": {"voice", clip(60), 0}, "longer than a minute": {"voice", clip(61), 45007},
		"MP3": {"voice", []byte("ID3\x03hello"), 40005}, "large clip": {"voice", grown(clip(1), 2<<20+1), 45001},
		"video": {"video", mp4, 0}, "large video": {"video", grown(mp4, 10<<20+1), 40011}, "text as video": {"video", []byte("hello world"), 40005},
		"file": {"file", []byte("hello world"), 0}, "file at its limit": {"file", make([]byte, 20<<20), 0}, "large file": {"file", make([]byte, 20<<20+1), 45001},
		"five bytes": {"file", []byte("hello"), 40006}, "nothing": {"file", nil, 44001}, "thumb": {"thumb", png, 40004}, "no type": {"", png, 40004},
	} {
		answer := w.upload(test.kind, "media", "a", test.data)
		if test.code == 0 {
			w.accepted(answer)
		} else {
			w.refused(answer, test.code)
		}
		if t.Failed() {
			t.Fatal(name)
		}
	}
	w.refused(w.upload("file", "file", "a", []byte("hello world")), 44001)
	w.refused(w.decoded(w.do("POST", "/cgi-bin/media/upload?access_token=TOKEN&type=file", "text/plain", []byte("hello"))), 44001)
}

func TestMedia_ThereAndBack(t *testing.T) {
	w := quiet(t, kf.Rules{})
	answer := w.accepted(w.upload("file", "media", "报告.txt", []byte("hello world")))
	id, _ := answer["media_id"].(string)
	if answer["type"] != "file" || answer["created_at"] != "1790856000" || id == "" {
		t.Errorf("got %v", answer)
	}
	path := "/cgi-bin/media/get?access_token=TOKEN&media_id=" + id
	response, data := w.do("GET", path, "", nil)
	if response.StatusCode != http.StatusOK || string(data) != "hello world" || response.Header.Get("Content-Type") != "text/plain; charset=utf-8" ||
		response.Header.Get("Content-disposition") != `attachment; filename="报告.txt"` {
		t.Errorf("%s %v %q", response.Status, response.Header, data)
	}
	w.SetRules(kf.Rules{EncodedNames: true})
	if response, _ := w.do("GET", path, "", nil); response.Header.Get("Content-disposition") != "attachment; filename*=UTF-8''%E6%8A%A5%E5%91%8A.txt" {
		t.Errorf("%v", response.Header)
	}
	w.say(ann, kf.File(id))
	w.accepted(w.post("kf/send_msg", w.message("file", object{"media_id": id})))
	w.clock.Advance(72 * time.Hour)
	w.login()
	w.refused(w.decoded(w.do("GET", path, "", nil)), 40007)
	w.say(ann, kf.Text("again"))
	w.refused(w.post("kf/send_msg", w.message("file", object{"media_id": id})), 40007)
	w.refused(w.get("media/get?access_token="+w.token), 41006)
}

func TestMedia_InPieces(t *testing.T) {
	w := quiet(t, kf.Rules{PieceLimit: 4})
	path := "/cgi-bin/media/get?access_token=TOKEN&media_id=" + w.corp.Keep("file", "a", []byte("0123456789"))
	for wanted, test := range map[string]struct{ data, is string }{
		"bytes=0-3": {"0123", "bytes 0-3/10"}, "bytes=4-7": {"4567", "bytes 4-7/10"}, "bytes=8-11": {"89", "bytes 8-9/10"},
		"bytes=9-": {"9", "bytes 9-9/10"}, "bytes=-2": {"89", "bytes 8-9/10"},
	} {
		response, data := w.do("GET", path, "", nil, "Range", wanted)
		if response.StatusCode != http.StatusPartialContent || string(data) != test.data || response.Header.Get("Content-Range") != test.is || response.Header.Get("Accept-Ranges") != "bytes" {
			t.Errorf("%s: %s %v %q", wanted, response.Status, response.Header, data)
		}
	}
	for _, wanted := range []string{"", "bytes=0-4", "bytes=0-", "bytes=10-", "bytes=3-2", "bytes=-0", "bytes=-5", "bytes=a-b", "bytes=1", "lines=1-2", "bytes=0-1,3-4", "bytes=99999999999999999999-"} {
		answer := w.decoded(w.do("GET", path, "", nil, "Range", wanted))
		if w.refused(answer, 830002); t.Failed() {
			t.Fatal(wanted)
		}
	}
}

func TestMedia_20MBInOnePiece(t *testing.T) {
	w := quiet(t, kf.Rules{})
	path := "/cgi-bin/media/get?access_token=TOKEN&media_id="
	if _, data := w.do("GET", path+w.corp.Keep("file", "a", make([]byte, 20<<20)), "", nil); len(data) != 20<<20 {
		t.Errorf("%d bytes", len(data))
	}
	large := w.corp.Keep("file", "a", make([]byte, 20<<20+1))
	w.refused(w.decoded(w.do("GET", path+large, "", nil)), 830002)
	if m, ok := w.corp.Medium(large); !ok || len(m.Data) != 20<<20+1 {
		t.Error("it is not there")
	}
	if _, data := w.do("GET", path+large, "", nil, "Range", "bytes=20971520-"); len(data) != 1 || !strings.HasPrefix(string(data), "\x00") {
		t.Errorf("%d bytes", len(data))
	}
}
