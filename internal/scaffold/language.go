package scaffold

import (
	"fmt"
	"os"
	"path/filepath"
)

// language is one in which plugins are made. Its templates are in the folder of its name.
type language struct {
	name string
	// sdk is where its SDK is in the bot's source, and proof a file there that tells.
	sdk, proof string
	// steps are what is typed after the folder was made; without is typed first if nobody has said where the SDK is.
	steps   []string
	without string
}

func languages() []language {
	return []language{
		{"go", ".", "sdk/serve.go", []string{"go mod tidy", "go build", "go test ./...", "bot sandbox"},
			"go mod edit -replace github.com/chuanhuabot/bot=PATH_OF_THE_BOT"},
		{"python", "sdk/python", "sdk/python/chuanhuabot/__init__.py", []string{"python3 -m unittest", "bot sandbox"},
			"export PYTHONPATH=PATH_OF_THE_BOT/sdk/python"},
		{"node", "sdk/node", "sdk/node/package.json", []string{"npm install", "npm test", "bot sandbox"},
			"npm install PATH_OF_THE_BOT/sdk/node"},
	}
}

// sdkIn returns the absolute folder of the language's SDK in the bot's source, with slashes; "" if source is.
func (l language) sdkIn(source string) (string, error) {
	if source == "" {
		return "", nil
	}
	source, err := filepath.Abs(source)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(source, l.proof)); err != nil {
		return "", fmt.Errorf("%s is not the source of the bot, which has %s; let --sdk name a checkout of https://github.com/chuanhuabot/bot", source, l.proof)
	}
	return filepath.ToSlash(filepath.Join(source, l.sdk)), nil
}

// next returns what is typed in the folder.
func (l language) next(sdk string) []string {
	switch {
	case sdk == "":
		return append([]string{l.without}, l.steps...)
	case l.name == "python":
		return append([]string{fmt.Sprintf("export PYTHONPATH=%q", sdk)}, l.steps...)
	}
	return l.steps
}
