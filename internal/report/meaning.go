package report

import "fmt"

// Meaning is what an error code of a platform tells an operator.
type Meaning struct {
	Why  Text
	Cure Text // Empty where nothing on the operator's side helps.
}

// String is for a log line: why, and what to do.
func (m Meaning) String() string {
	if m.Cure.EN == "" {
		return m.Why.EN
	}
	return m.Why.EN + ": " + m.Cure.EN
}

// Coded is the text of a finding about a refusal: what was asked, why it was refused, and the code for a search engine.
func Coded(what Text, code int, why Text) Text {
	return Textf("%s：%s（%s）", "%s: %s (%s)", what, why, fmt.Sprint("errcode ", code))
}
