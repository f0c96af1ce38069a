package wx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The limits of Parse. No body of a platform comes near them.
const (
	// MaxBody is the most bytes of a body.
	MaxBody   = 1 << 20
	maxDepth  = 16
	maxFields = 4096
)

// ErrXML is what every error of Parse is.
var ErrXML = errors.New("not the XML of a platform")

// Parse reads the body of a callback and returns its root. It refuses what no platform sends and attackers do: DOCTYPE
// and every other directive, entities beyond the five of XML, more than 16 levels, 4096 fields or 1 MiB. Attributes and
// namespaces mean nothing here and are skipped. Characters that XML forbids are dropped and broken UTF-8 is replaced: a
// person can type them, and their message must not be lost for it.
func Parse(body []byte) (*Field, error) {
	root, err := parse(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrXML, err)
	}
	return root, nil
}

func parse(body []byte) (*Field, error) {
	if len(body) > MaxBody {
		return nil, errors.New("too long")
	}
	p := parser{tokens: xml.NewDecoder(strings.NewReader(Clean(string(body)))), left: maxFields}
	root, err := p.root()
	if err != nil {
		return nil, err
	}
	if extra, err := p.root(); extra != nil || !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands behind the end")
	}
	return root, nil
}

type parser struct {
	tokens *xml.Decoder
	left   int    // how many more fields may come
	text   []byte // the text of the open fields, the innermost last: linear in the body, however it is cut into tokens
}

// root returns the next element of the outermost level, or io.EOF if there is none.
func (p *parser) root() (*Field, error) {
	for {
		token, err := p.tokens.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			f := &Field{Name: token.Name.Local}
			return f, p.fill(f, 1)
		case xml.CharData:
			if len(bytes.TrimSpace(token)) > 0 {
				return nil, errors.New("text outside of the root")
			}
		case xml.Directive:
			return nil, errors.New("a DOCTYPE or another directive")
		}
	}
}

// fill reads what is inside f, up to its end.
func (p *parser) fill(f *Field, depth int) error {
	start := len(p.text)
	for {
		token, err := p.tokens.Token()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if err := p.child(f, token.Name.Local, depth+1); err != nil {
				return err
			}
		case xml.CharData:
			p.text = append(p.text, token...)
		case xml.EndElement:
			f.Text, p.text = string(p.text[start:]), p.text[:start]
			return closed(f)
		case xml.Directive, xml.ProcInst:
			return errors.New("a directive or processing instruction inside")
		}
	}
}

func (p *parser) child(f *Field, name string, depth int) error {
	p.left--
	if depth > maxDepth || p.left < 0 {
		return errors.New("too many fields or too deep")
	}
	child := Field{Name: name}
	if err := p.fill(&child, depth); err != nil {
		return err
	}
	f.Fields = append(f.Fields, child)
	return nil
}

// closed drops the blanks between the fields of f. A field that has both fields and text has no place in JSON.
func closed(f *Field) error {
	if len(f.Fields) == 0 {
		return nil
	}
	if strings.TrimSpace(f.Text) != "" {
		return fmt.Errorf("text between the fields of %q", f.Name)
	}
	f.Text = ""
	return nil
}
