package config

import (
	"fmt"
	"slices"

	"github.com/chuanhuabot/bot/channels/kf"
)

// company is one whose customer service a channel serves.
type company struct {
	field string
	*kf.Config
}

// checkCompany refuses two channels that would both answer the customers of an account.
func (c *check) checkCompany(field string, k *kf.Config, earlier *[]company) {
	for _, other := range *earlier {
		shared := len(k.Accounts) == 0 || len(other.Accounts) == 0 ||
			slices.ContainsFunc(k.Accounts, func(id string) bool { return slices.Contains(other.Accounts, id) })
		if k.CorpID == other.CorpID && shared {
			line := c.config.doc.Problem(other.field, "").Line
			c.problem(field+".kf.corp_id", fmt.Sprintf("%s serves this company already (line %d): one channel serves all its accounts, or give each "+
				"channel accounts of its own", other.field, line))
		}
	}
	*earlier = append(*earlier, company{field, k})
}
