// Package scaffold makes the folder of a new plugin: a program that builds, has a test and a README, and a bot.yaml that runs it.
package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Plugin is a plugin to be made.
type Plugin struct {
	// Name is what bot.yaml calls it, and its folder.
	Name string
	// Language is one of Languages.
	Language string
	// SDK is a folder that has the bot's source, and with it the SDK; "" if the newcomer is to say later where that is.
	SDK string
}

// Made is what New has made.
type Made struct {
	// Dir is the folder.
	Dir string
	// Next are the command lines to be typed next, in order.
	Next []string
}

// validName is what bot.yaml may call a plugin.
var validName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// New makes the plugin's folder within parent. It changes nothing that is there already: a folder or file of the name is an error. When
// it fails it leaves nothing behind.
func New(p Plugin, parent string) (Made, error) {
	if !validName.MatchString(p.Name) {
		return Made{}, fmt.Errorf("%q is no name for a plugin; use 1 to 63 small letters, digits, - and _, with a letter or digit first, such as weather", p.Name)
	}
	l, err := languageOf(p.Language)
	if err != nil {
		return Made{}, err
	}
	if p.SDK, err = l.sdkIn(p.SDK); err != nil {
		return Made{}, err
	}
	files, err := render(l, p)
	if err != nil {
		return Made{}, err
	}
	dir := filepath.Join(parent, p.Name)
	switch err := os.Mkdir(dir, 0o755); {
	case errors.Is(err, fs.ErrExist):
		return Made{}, fmt.Errorf("there is already something called %s here, which is left as it is; choose another name, or move it away", dir)
	case err != nil:
		return Made{}, fmt.Errorf("make the plugin's folder: %w", err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return Made{}, errors.Join(fmt.Errorf("write the plugin: %w", err), os.RemoveAll(dir))
		}
	}
	return Made{Dir: dir, Next: append([]string{"cd " + p.Name}, l.next(p.SDK)...)}, nil
}

// Languages returns the languages there are, the first of which is the usual one.
func Languages() []string {
	var names []string
	for _, l := range languages() {
		names = append(names, l.name)
	}
	return names
}

func languageOf(name string) (language, error) {
	for _, l := range languages() {
		if l.name == name {
			return l, nil
		}
	}
	return language{}, fmt.Errorf("there is no language %q; write one of: %s", name, strings.Join(Languages(), ", "))
}
