package kf

// recent remembers what was put last, so much of it. It is not safe for concurrent use.
type recent[V any] struct {
	most   int
	values map[string]V
	order  []string // The keys, the oldest first, also of what was taken.
}

func newRecent[V any](most int) *recent[V] { return &recent[V]{most: most, values: map[string]V{}} }

// put keeps a value under a key that was not put before.
func (r *recent[V]) put(key string, value V) {
	r.values[key] = value
	if r.order = append(r.order, key); len(r.order) > r.most {
		delete(r.values, r.order[0])
		r.order = r.order[1:]
	}
}

func (r *recent[V]) get(key string) (V, bool) {
	value, ok := r.values[key]
	return value, ok
}

// take returns and forgets a value.
func (r *recent[V]) take(key string) (V, bool) {
	value, ok := r.values[key]
	delete(r.values, key)
	return value, ok
}
