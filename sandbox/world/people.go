package world

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/sandbox/mp"
)

// maxPeople bounds the people who have a name: the page shows them all. Those of load tests in Go need none.
const maxPeople = 1000

// errPerson says what a name may be.
var errPerson = errors.New("a person needs a name of at most 40 characters that can be seen")

// People returns the names of the people, in the order in which they came.
func (w *World) People() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.people)
}

// AddPerson lets somebody chat. Who is there already stays.
func (w *World) AddPerson(name string) error {
	unseen := func(r rune) bool { return !unicode.IsPrint(r) }
	if strings.TrimSpace(name) == "" || utf8.RuneCountInString(name) > 40 || strings.ContainsFunc(name, unseen) {
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
	name, known := w.find(a, who)
	if !known {
		if err := w.AddPerson(who); err != nil {
			return "", err
		}
		name = who
	}
	id := idOf(a, name)
	if a.KF != nil {
		a.KF.Corp().NameCustomer(id, name)
	}
	return id, nil
}

// FindPerson is PersonID for those who only look: nobody comes by it.
func (w *World) FindPerson(a Account, who string) (string, bool) {
	name, known := w.find(a, who)
	return idOf(a, name), known
}

// find returns the name of a person who is known by it, or by the id that they have on the account.
func (w *World) find(a Account, who string) (string, bool) {
	people := w.People()
	if slices.Contains(people, who) {
		return who, true
	}
	for _, name := range people {
		if isID(who) && idOf(a, name) == who {
			return name, true
		}
	}
	return "", false
}

// isID tells whether who looks like what idOf makes.
func isID(who string) bool {
	return len(who) == 28 && who[0] == 'o' || len(who) == 32 && who[:2] == "wm"
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

// namesOf returns the people as the platform's own page offers them.
func (w *World) namesOf(a *mp.Account) []mp.Named {
	var people []mp.Named
	for _, one := range w.PeopleOf(Account{MP: a}) {
		people = append(people, mp.Named{OpenID: one.ID, Name: one.Name})
	}
	return people
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
