package mp

// failure is a refusal that waits for its call.
type failure struct {
	path string
	code int
}

// FailNext refuses the next call of the path with the code, whatever it is about; "" is any path. Several wait for one call
// each, in their order. The codes are those of the platform, such as -1, 40001, 40164 or 45009.
func (p *Platform) FailNext(path string, code int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failures = append(p.failures, failure{path, code})
}

// failing takes the failure that waits for a call of path, and returns nil if there is none.
func (p *Platform) failing(path string) *refusal {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, f := range p.failures {
		if f.path == "" || f.path == path {
			p.failures = append(p.failures[:i:i], p.failures[i+1:]...)
			return refuse(f.code)
		}
	}
	return nil
}
