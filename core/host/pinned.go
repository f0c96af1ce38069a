package host

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// errPin is the error of a program that is not the one of bot.yaml.
var errPin = errors.New("the program is not the one that bot.yaml names by sha256")

// pinned copies a program into the private folder dir, and returns the copy if that has the hash: it is the very file that runs, whatever
// becomes of the other. The caller removes it.
func pinned(path, hash, dir string) (copied string, err error) {
	from, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer from.Close()
	to, err := os.CreateTemp(dir, "pinned-*"+filepath.Ext(path)) // Windows wants the ending.
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(to, sum), from)
	err = errors.Join(err, to.Chmod(0o700), to.Close())
	if got := hex.EncodeToString(sum.Sum(nil)); err == nil && got != strings.ToLower(hash) {
		err = fmt.Errorf("%w: %s has %s; write that after you have looked where it comes from", errPin, path, got)
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(to.Name()))
	}
	return to.Name(), nil
}
