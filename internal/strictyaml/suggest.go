package strictyaml

import (
	"slices"
	"strconv"
	"strings"
)

// Nearest returns the name that word was probably meant to be, or "" if none is near.
func Nearest(word string, names []string) string {
	best, least := "", 0
	for _, name := range names {
		d := distance(plain(word), plain(name))
		if d <= max(1, len(name)/3) && (best == "" || d < least) {
			best, least = name, d
		}
	}
	return best
}

// DidYouMean returns `; did you mean "x"?` with the Nearest name, or "".
func DidYouMean(word string, names []string) string {
	if best := Nearest(word, names); best != "" {
		return "; did you mean " + strconv.Quote(best) + "?"
	}
	return ""
}

// plain makes AppID, app-id and app_id the same.
func plain(s string) string {
	return strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(s))
}

// distance is the number of letters to insert, remove, replace or swap with the next one to get from a to b.
func distance(a, b string) int {
	if len(a) > len(b)+8 {
		return len(a) - len(b) // Far enough; do not compare a whole page with a key.
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			rows[i][j] = cheapest(rows, a, b, i, j)
		}
	}
	return rows[len(a)][len(b)]
}

// cheapest is the distance of the first i letters of a and the first j of b, when all shorter ones are in rows.
func cheapest(rows [][]int, a, b string, i, j int) int {
	if i == 0 || j == 0 {
		return i + j
	}
	least := rows[i-1][j-1]
	if a[i-1] != b[j-1] {
		least = 1 + min(least, rows[i-1][j], rows[i][j-1])
	}
	if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
		least = min(least, rows[i-2][j-2]+1)
	}
	return least
}

// oneOf writes "a, b or c".
func oneOf(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// clip quotes a piece of the document, of at most 40 letters.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(slices.Concat(r[:39], []rune("…")))
	}
	return strconv.Quote(s)
}

// shown is a key as problems show it. In {token:abc} and {KEY=abc} all of it is the key, and abc may be a secret.
func shown(key string) string {
	if i := strings.IndexAny(key, ":="); i >= 0 {
		key = key[:i] + "…"
	}
	if r := []rune(key); len(r) > 40 {
		key = string(r[:39]) + "…"
	}
	return key
}
