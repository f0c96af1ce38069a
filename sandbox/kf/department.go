package kf

import (
	"slices"
	"strconv"

	"github.com/chuanhuabot/bot/sandbox/apihost"
)

// AddDepartment puts members into a department of the corp, which is a new one if its id is. Bots read who is in it (page 90200), and may let it
// serve an account (page 96419).
func (c *Corp) AddDepartment(id int, members ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.departments == nil {
		c.departments = map[int][]string{}
	}
	c.departments[id] = append(slices.Clone(c.departments[id]), members...)
}

// in returns who is in a department, false for one that there is not.
func (c *Corp) in(id int) ([]string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	members, ok := c.departments[id]
	return slices.Clone(members), ok
}

// addDepartment lets a department serve the account: its members who are none yet become servicers by that.
func (a *Account) addDepartment(id int) {
	members, ok := a.corp.in(id)
	if !ok {
		return
	}
	for _, one := range members {
		member, ok := a.corp.member(one)
		if ok && a.addServicer(Servicer{member.ID, member.Name, true}) {
			a.mu.Lock()
			if a.byDepartment == nil {
				a.byDepartment = map[string]bool{}
			}
			a.byDepartment[one] = true
			a.mu.Unlock()
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if !slices.Contains(a.departments, id) {
		a.departments = append(a.departments, id)
	}
}

type listedMember struct {
	ID          string `json:"userid"`
	Name        string `json:"name"`
	Departments []int  `json:"department"`
}

// listMembers says who is in a department.
func listMembers(c *call) (any, *refusal) {
	id, err := strconv.Atoi(c.Query.Get("department_id"))
	members, ok := c.Owner.in(id)
	if err != nil || !ok {
		return nil, refuse(codeDepartment)
	}
	list := []listedMember{}
	for _, one := range members {
		if member, ok := c.Owner.member(one); ok {
			list = append(list, listedMember{member.ID, member.Name, []int{id}})
		}
	}
	return struct {
		apihost.Done
		List []listedMember `json:"userlist"`
	}{okay, list}, nil
}
