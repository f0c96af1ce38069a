package wire

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxReply and maxNesting are far beyond every reply that the platform takes.
const (
	maxReply   = 1 << 20
	maxNesting = 6
)

// element is one element of a reply.
type element struct {
	name     string
	text     string
	children []element
}

// child returns the one child of that name. A second one makes the reply ambiguous, which is an error.
func (e *element) child(name string) (found *element, err error) {
	for i := range e.children {
		if e.children[i].name != name {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("<%s> stands twice in <%s>", name, e.name)
		}
		found = &e.children[i]
	}
	return found, nil
}

// parse reads a body that is one <xml> element and nothing else: no byte order mark, declaration, DOCTYPE or output of
// a program before it, no attributes, no text between elements.
func parse(body []byte) (*element, error) {
	if !bytes.HasPrefix(body, []byte("<xml>")) {
		return nil, fmt.Errorf("the body does not begin with <xml> but with %.20q", body)
	}
	if len(body) > maxReply {
		return nil, errors.New("the body is longer than 1 MiB")
	}
	tokens := xml.NewDecoder(bytes.NewReader(body))
	first, err := tokens.Token()
	if err != nil {
		return nil, fmt.Errorf("not XML: %w", err)
	}
	root, err := content(tokens, first.(xml.StartElement), 1) // The prefix says that it is one.
	if err != nil {
		return nil, fmt.Errorf("not XML of a reply: %w", err)
	}
	if len(bytes.TrimSpace(body[tokens.InputOffset():])) > 0 {
		return nil, errors.New("something stands behind </xml>")
	}
	return root, nil
}

func content(tokens *xml.Decoder, start xml.StartElement, depth int) (*element, error) {
	if len(start.Attr) > 0 || start.Name.Space != "" || depth > maxNesting {
		return nil, fmt.Errorf("<%s> has attributes, a name space or stands too deep", start.Name.Local)
	}
	e := &element{name: start.Name.Local}
	var text strings.Builder
	for {
		token, err := tokens.Token()
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			child, err := content(tokens, token, depth+1)
			if err != nil {
				return nil, err
			}
			e.children = append(e.children, *child)
		case xml.CharData:
			text.Write(token)
		case xml.EndElement:
			return e, e.close(text.String())
		default:
			return nil, fmt.Errorf("a %T inside <%s>", token, e.name)
		}
	}
}

func (e *element) close(text string) error {
	if len(e.children) == 0 {
		e.text = text
		return nil
	}
	if strings.TrimSpace(text) != "" {
		return fmt.Errorf("text between the elements of <%s>", e.name)
	}
	return nil
}
