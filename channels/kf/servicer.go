package kf

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/chuanhuabot/bot/core"
)

// receiving returns the servicers of an account who may get a customer, those first who have the fewest, as far as is known (page 96420).
func (c *Channel) receiving(ctx context.Context, account string) ([]string, error) {
	all, err := c.servicers(ctx, account)
	if err != nil {
		return nil, err
	}
	if all, err = c.wanted(ctx, all); err != nil {
		return nil, err
	}
	load, err := c.load(ctx)
	if err != nil {
		return nil, &core.RetryError{Err: err}
	}
	slices.SortStableFunc(all, func(a, b string) int { return load[a] - load[b] })
	return all, nil
}

// servicers returns those of an account who have not stopped. Whether the members of a department that serves it have is not said.
func (c *Channel) servicers(ctx context.Context, account string) (all []string, err error) {
	var out struct {
		List []struct {
			ID         string `json:"userid"`
			Department int    `json:"department_id"`
			Status     int    `json:"status"` // 0 receives customers.
		} `json:"servicer_list"`
	}
	if err := c.api.Get(ctx, "/cgi-bin/kf/servicer/list", url.Values{"open_kfid": {account}}, &out); err != nil {
		return nil, err
	}
	for _, one := range out.List {
		switch {
		case one.ID != "" && one.Status == 0:
			all = append(all, one.ID)
		case one.ID == "" && one.Department != 0:
			members, err := c.membersOf(ctx, one.Department)
			if err != nil {
				return nil, err
			}
			all = append(all, members...)
		}
	}
	return all, nil
}

// wanted returns those whom bot.yaml wants.
func (c *Channel) wanted(ctx context.Context, all []string) ([]string, error) {
	if len(c.config.Handoff.Servicers)+len(c.config.Handoff.Departments) == 0 {
		return all, nil
	}
	chosen := slices.Clone(c.config.Handoff.Servicers)
	for _, id := range c.config.Handoff.Departments {
		members, err := c.membersOf(ctx, id)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, members...)
	}
	return slices.DeleteFunc(all, func(id string) bool { return !slices.Contains(chosen, id) }), nil
}

// membersOf returns who is in a department (page 90200).
func (c *Channel) membersOf(ctx context.Context, department int) (all []string, err error) {
	var out struct {
		List []struct {
			ID string `json:"userid"`
		} `json:"userlist"`
	}
	if err := c.api.Get(ctx, "/cgi-bin/user/simplelist", url.Values{"department_id": {strconv.Itoa(department)}}, &out); err != nil {
		return nil, err
	}
	for _, one := range out.List {
		all = append(all, one.ID)
	}
	return all, nil
}

// load counts the customers whom each servicer has, as far as is known.
func (c *Channel) load(ctx context.Context) (map[string]int, error) {
	load := map[string]int{}
	err := c.people.Each(ctx, func(_ string, s session) {
		if s.State == stateServicer && c.now().Sub(time.Unix(s.Checked, 0)) < sessionLife {
			load[s.Servicer]++
		}
	})
	return load, err
}

// sessionLife is how long a session lasts (page 94698).
const sessionLife = 48 * time.Hour
