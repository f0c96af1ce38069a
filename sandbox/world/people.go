package world

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"unicode/utf8"
)

// maxPeople bounds the people who have a name; those of load tests need none.
const maxPeople = 200

// errPerson says what a name may be.
var errPerson = errors.New("a person needs a name of at most 40 characters")

// People returns the names of the people, in the order in which they came.
func (w *World) People() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.people)
}

// AddPerson lets somebody chat. Who is there already stays.
func (w *World) AddPerson(name string) error {
	if name == "" || utf8.RuneCountInString(name) > 40 {
		return errPerson
	}
	w.mu.Lock()
	known := slices.Contains(w.people, name)
	full := len(w.people) >= maxPeople
	if !known && !full {
		w.people = append(w.people, name)
	}
	w.mu.Unlock()
	switch {
	case known:
		return nil
	case full:
		return errors.New("there are too many people already")
	}
	w.Touch()
	return nil
}

// PersonID returns the id that a person has on an account. who is a name, and then the person is there from now on, or such
// an id.
func (w *World) PersonID(a Account, who string) (string, error) {
	for _, name := range w.People() {
		if id := idOf(a, name); name == who || id == who {
			return id, nil
		}
	}
	if err := w.AddPerson(who); err != nil {
		return "", err
	}
	return idOf(a, who), nil
}

// NamedPerson is somebody as one account knows them.
type NamedPerson struct{ Name, ID string }

// PeopleOf returns all people with their ids on an account.
func (w *World) PeopleOf(a Account) []NamedPerson {
	var all []NamedPerson
	for _, name := range w.People() {
		all = append(all, NamedPerson{name, idOf(a, name)})
	}
	return all
}

// idOf makes an id of the length that the platform's have, always the same for a name and an account.
func idOf(a Account, name string) string {
	sum := sha256.Sum256([]byte(a.ID() + "/" + name))
	text := base64.RawURLEncoding.EncodeToString(sum[:])
	if a.MP != nil {
		return "o" + text[:27]
	}
	return "wm" + text[:30]
}
