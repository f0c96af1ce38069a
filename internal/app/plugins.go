package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/core/services"
	"github.com/chuanhuabot/bot/internal/config"
)

func grantsOf(p config.Plugin) []services.Grant {
	grants := make([]services.Grant, len(p.Grants))
	for i, g := range p.Grants {
		grants[i] = services.Grant(g)
	}
	return grants
}

// commandOf returns a plugin's command line: for a bundled one, this very program.
func commandOf(name string, p config.Plugin) ([]string, error) {
	if !p.Bundled() {
		return p.Command, nil // Nothing for one that somebody else has started.
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program, to run the bundled plugin %s: %w", name, err)
	}
	return []string{self, "plugin", "run", name}, nil
}

// maxScripts bounds the files of a script's folder that are looked at.
const maxScripts = 200

// filesOf returns the files of which a plugin's program is made, as far as its command tells: the program, the scripts among its arguments,
// and what is beside them with the same ending.
func filesOf(s host.Spec) []string {
	var all []string
	for i, word := range s.Command {
		path := word
		if !filepath.IsAbs(path) {
			path = filepath.Join(s.Dir, path)
		}
		if i == 0 && !strings.ContainsRune(filepath.ToSlash(word), '/') {
			continue // It is found in PATH, and is nobody's work in progress.
		}
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		all = append(all, path)
		if ending := filepath.Ext(path); i > 0 && ending != "" {
			beside, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*"+ending)) // The pattern is right, unless the folder's name has one in it.
			all = append(all, beside[:min(len(beside), maxScripts)]...)
		}
	}
	return all
}
