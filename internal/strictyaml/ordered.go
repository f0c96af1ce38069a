package strictyaml

import "reflect"

// Entry is one key of a mapping, with its value.
type Entry[T any] struct {
	Key   string
	Value T
}

// Ordered is a mapping that keeps the order of the file.
type Ordered[T any] []Entry[T]

// Get returns the value of key, and whether there is one.
func (o Ordered[T]) Get(key string) (T, bool) {
	for _, e := range o {
		if e.Key == key {
			return e.Value, true
		}
	}
	var none T
	return none, false
}

// Keys returns the keys in the order of the file.
func (o Ordered[T]) Keys() []string {
	keys := make([]string, len(o))
	for i, e := range o {
		keys[i] = e.Key
	}
	return keys
}

// mapping is how the decoder and the schema see an Ordered without knowing its T.
type mapping interface {
	elem() reflect.Type
	add(key string, value reflect.Value)
}

var _ mapping = (*Ordered[int])(nil)

func (o *Ordered[T]) elem() reflect.Type { return reflect.TypeFor[T]() }

func (o *Ordered[T]) add(key string, value reflect.Value) {
	if v, ok := value.Interface().(T); ok {
		*o = append(*o, Entry[T]{Key: key, Value: v})
	}
}
