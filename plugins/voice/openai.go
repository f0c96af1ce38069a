package voice

import (
	"bytes"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"regexp"
	"strings"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sniff"
)

// openAI is any service with OpenAI's API of transcriptions: its own, SiliconFlow, Groq, whisper.cpp, FunASR and many more
// (platform.openai.com/docs/api-reference/audio/createTranscription). None takes AMR or SILK, and WAV is what all take.
type openAI struct {
	service
	url    string
	key    sdk.Secret
	fields map[string]string
	can    []sniff.Format
}

func newOpenAI(c *config, p *sdk.Problems) backend {
	needed(p, "openai", map[string]bool{"url": c.URL != "", "model": c.Model != ""})
	return &openAI{
		service: newService(), url: address(p, "url", c.URL, ""), key: c.APIKey, can: c.takes(sniff.WAV),
		fields: map[string]string{"model": c.Model, "language": c.Language, "prompt": c.Prompt, "response_format": "json"},
	}
}

func (o *openAI) takes() []sniff.Format { return o.can }

func (o *openAI) recognize(ctx context.Context, c clip) (string, error) {
	r, err := o.request(c)
	if err != nil {
		return "", err
	}
	status, body, err := o.ask(ctx, r)
	if err != nil {
		return "", err
	}
	if status != http.StatusOK {
		return "", refusal(status, body)
	}
	var answer struct {
		Text  *string         `json:"text"`
		Error json.RawMessage `json:"error"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", unreadable(body, err)
	}
	if answer.Text == nil {
		return "", failed(never, "the answer has no text: %s", told(body))
	}
	return untagged(*answer.Text), nil
}

func (o *openAI) request(c clip) (*http.Request, error) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for _, name := range []string{"model", "language", "prompt", "response_format"} {
		if o.fields[name] != "" {
			_ = w.WriteField(name, o.fields[name]) // A buffer takes everything.
		}
	}
	header := textproto.MIMEHeader{"Content-Type": {mimeType(c.format)}}
	header.Set("Content-Disposition", multipart.FileContentDisposition("file", c.name()))
	part, err := w.CreatePart(header)
	if err != nil {
		return nil, failed(never, "make the request: %w", err)
	}
	_, _ = part.Write(c.data)
	_ = w.Close()
	r, err := http.NewRequest(http.MethodPost, o.url, &form)
	if err != nil {
		return nil, failed(settings, "make the request: url cannot be used")
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Accept", "application/json")
	if !o.key.Empty() {
		r.Header.Set("Authorization", "Bearer "+o.key.Value())
	}
	return r, nil
}

func mimeType(f sniff.Format) string {
	switch f {
	case sniff.WAV:
		return "audio/wav"
	case sniff.MP3:
		return "audio/mpeg"
	case sniff.M4A:
		return "audio/mp4"
	case sniff.Opus, sniff.Speex:
		return "audio/ogg"
	case sniff.AMR:
		return "audio/amr"
	case sniff.AMRWB:
		return "audio/amr-wb"
	default:
		return "application/octet-stream"
	}
}

// untagged returns a text without what SenseVoice puts into it, such as <|zh|><|NEUTRAL|><|Speech|><|withitn|>.
func untagged(text string) string {
	return strings.TrimSpace(regexp.MustCompile(`<\|[^|<>]*\|>`).ReplaceAllString(text, ""))
}
