package wx

// Tokens returns the tokens of an API.
func (a *API) Tokens() *Tokens { return a.tokens }
