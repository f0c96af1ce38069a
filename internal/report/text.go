package report

import (
	"fmt"
	"strings"
)

// Text is the same words in each language.
type Text struct{ ZH, EN string }

// Say returns the same words in Chinese and in English.
func Say(zh, en string) Text { return Text{ZH: zh, EN: en} }

// Textf fills the verbs of both languages with the same values, in the same order. Values that are a Text take the words of the
// language that they are put in.
func Textf(zh, en string, values ...any) Text {
	return Text{fmt.Sprintf(zh, in(Chinese, values)...), fmt.Sprintf(en, in(English, values)...)}
}

func in(l Language, values []any) []any {
	out := make([]any, len(values))
	for i, v := range values {
		if t, ok := v.(Text); ok {
			v = t.In(l)
		}
		out[i] = v
	}
	return out
}

// In returns the words of one language.
func (t Text) In(l Language) string {
	if l == Chinese {
		return t.ZH
	}
	return t.EN
}

// Language is one that a Text has.
type Language string

// The languages, by their codes.
const (
	Chinese Language = "zh"
	English Language = "en"
)

// languageOf returns the language of a locale such as zh_CN.UTF-8: Chinese for every Chinese one, English for all others.
func languageOf(locale string) Language {
	if strings.HasPrefix(strings.ToLower(locale), "zh") {
		return Chinese
	}
	return English
}

// ChooseLanguage returns the language called name or, if that is empty, the one that the environment asks for by the variables
// that POSIX names. An error says which names there are.
func ChooseLanguage(name string, getenv func(string) string) (Language, error) {
	switch l := Language(name); l {
	case Chinese, English:
		return l, nil
	case "":
	default:
		return "", fmt.Errorf("there is no language %q; write zh or en", name)
	}
	for _, variable := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := getenv(variable); locale != "" {
			return languageOf(locale), nil
		}
	}
	return English, nil
}
