package wx

import "bytes"

// Sealed returns the text of the element Encrypt as it stands in a body, without parsing the body: so that its signature
// can be checked before anything is done for a caller who may be anybody. It returns "" if there is none. What it returns
// has been proved by nobody yet, and a body that is proved by it is still to be parsed.
func Sealed(body []byte) string {
	_, rest, found := bytes.Cut(body, []byte("<Encrypt>"))
	if !found {
		return ""
	}
	text, _, found := bytes.Cut(rest, []byte("</Encrypt>"))
	if !found {
		return ""
	}
	text = bytes.TrimSpace(text)
	if inner, ok := bytes.CutPrefix(text, []byte("<![CDATA[")); ok {
		text = bytes.TrimSuffix(inner, []byte("]]>"))
	}
	return string(text)
}
