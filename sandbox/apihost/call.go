package apihost

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Call is one call that is under way.
type Call[A comparable] struct {
	Owner  A
	Now    time.Time
	Path   string
	Base   string // What stands before Path in the address that the bot called, such as http://127.0.0.1:8081/mp.
	From   string // The bot's IP address.
	Query  url.Values
	Header http.Header
	Body   []byte

	// What the call is about, for those who look on. Endpoints set it as far as they find out.
	Account, Person, Message string
}

// Read reads the JSON of a call. It refuses with charset where characters are written as \u escapes, unless charset is 0,
// and with malformed what is no JSON.
func (c *Call[A]) Read(v any, charset, malformed int) *Refusal {
	if charset != 0 && escaped(c.Body) {
		return Refuse(charset)
	}
	if err := json.Unmarshal(c.Body, v); err != nil {
		return Refuse(malformed)
	}
	return nil
}

// escaped tells whether JSON has a \u escape.
func escaped(body []byte) bool {
	for i := 0; i+1 < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		if body[i+1] == 'u' {
			return true
		}
		i++ // What is escaped escapes nothing.
	}
	return false
}

// Done is the answer of calls that have nothing else to say.
type Done struct {
	Code int    `json:"errcode"`
	Text string `json:"errmsg"`
}

// OK is the answer of a call that worked and has nothing to say.
func OK() (any, *Refusal) { return Done{0, "ok"}, nil }

// Refusal is an answer that is an error. Nil is none.
type Refusal struct {
	Code   int
	Detail string // For the errmsg, if the platform says more than what the code means.
}

// Refuse returns a refusal.
func Refuse(code int) *Refusal { return &Refusal{Code: code} }

// File is an answer that is not JSON.
type File struct {
	Type, Name string
	Data       []byte
	From       int  // Where a part of it begins; only with Total.
	Total      int  // The size of the whole, if this is a part.
	Encoded    bool // The name is written as RFC 5987 has it, and not as it is.
}

// response is what goes out.
type response struct {
	file *File
	body []byte // As JSON; empty for a file.
	code int
}

func compose(answer any) response {
	if f, ok := answer.(File); ok {
		return response{file: &f, body: []byte(fmt.Sprintf("(%d bytes of %s)", len(f.Data), f.Type))}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer); err != nil {
		b.Reset()
		fmt.Fprintf(&b, `{"errcode":-1,"errmsg":%q}`, err.Error())
	}
	out := response{body: bytes.TrimSuffix(b.Bytes(), []byte("\n"))}
	var code struct {
		Code json.Number `json:"errcode"` // One call has it as a text.
	}
	if json.Unmarshal(out.body, &code) == nil {
		out.code, _ = strconv.Atoi(code.Code.String())
	}
	return out
}

func (r response) status() int {
	switch {
	case r.body == nil:
		return 0
	case r.file != nil && r.file.Total > 0:
		return http.StatusPartialContent
	}
	return http.StatusOK
}

// write sends the response. If it fails, the bot has hung up.
func (r response) write(w http.ResponseWriter) {
	f := r.file
	if f == nil {
		w.Header().Set("Content-Type", "application/json; encoding=utf-8")
		_, _ = w.Write(r.body)
		return
	}
	w.Header().Set("Content-Type", f.Type)
	w.Header().Set("Content-disposition", f.disposition())
	w.Header().Set("Accept-Ranges", "bytes")
	w.Header().Set("Content-Length", strconv.Itoa(len(f.Data)))
	if f.Total > 0 {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", f.From, f.From+len(f.Data)-1, f.Total))
	}
	w.WriteHeader(r.status())
	_, _ = w.Write(f.Data)
}

func (f File) disposition() string {
	if f.Encoded {
		return "attachment; filename*=UTF-8''" + url.PathEscape(f.Name)
	}
	return fmt.Sprintf("attachment; filename=%q", f.Name)
}
