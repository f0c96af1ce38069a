package kf

import (
	"slices"

	"github.com/chuanhuabot/bot/sandbox/apihost"
)

// maxUsers is how many servicers, or departments, a call may name (page 96419).
const maxUsers = 100

type servicersRequest struct {
	Account     string   `json:"open_kfid"`
	Users       []string `json:"userid_list"`
	Departments []int    `json:"department_id_list"`
}

type servicerResult struct {
	User       string `json:"userid,omitempty"`
	Department int    `json:"department_id,omitempty"`
	Code       int    `json:"errcode"`
	Text       string `json:"errmsg"`
}

func addServicers(c *call) (any, *refusal) {
	return eachServicer(c, true, func(a *Account, id string) servicerResult {
		member, ok := a.corp.member(id)
		switch {
		case !ok:
			return servicerResult{id, 0, codeMember, texts[codeMember]}
		case !a.addServicer(Servicer{member.ID, member.Name, true}):
			return servicerResult{id, 0, 0, "ignored"}
		}
		return servicerResult{id, 0, 0, "success"}
	})
}

func deleteServicers(c *call) (any, *refusal) {
	return eachServicer(c, false, func(a *Account, id string) servicerResult {
		if !a.deleteServicer(id) {
			return servicerResult{id, 0, 0, "ignored"}
		}
		return servicerResult{id, 0, 0, "success"}
	})
}

func (a *Account) deleteServicer(id string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := a.servicerAt(id)
	if i >= 0 {
		a.servicers = slices.Delete(a.servicers, i, i+1)
	}
	return i >= 0
}

// eachServicer answers a call that names servicers (page 96419). Departments that there are not are taken, and nobody is in them; they cannot
// be taken back.
func eachServicer(c *call, add bool, do func(*Account, string) servicerResult) (any, *refusal) {
	var in servicersRequest
	if refused := read(c, &in); refused != nil {
		return nil, refused
	}
	a, refused := find(c, in.Account)
	if refused != nil {
		return nil, refused
	}
	if n := len(in.Users) + len(in.Departments); n == 0 || len(in.Users) > maxUsers || len(in.Departments) > maxUsers {
		return nil, refuse(codeParameter)
	}
	results := []servicerResult{}
	for _, id := range in.Users {
		results = append(results, do(a, id))
	}
	for _, id := range in.Departments {
		if add {
			a.addDepartment(id)
		}
		results = append(results, servicerResult{"", id, 0, "success"})
	}
	return struct {
		apihost.Done
		Results []servicerResult `json:"result_list"`
	}{okay, results}, nil
}

type servicerStatus struct {
	User       string `json:"userid,omitempty"`
	Department int    `json:"department_id,omitempty"`
	Status     *int   `json:"status,omitempty"` // 0 receives, 1 has stopped; only of accounts that are managed by API.
	Stop       *int   `json:"stop_type,omitempty"`
}

// listServicers says who serves an account (page 96420).
func listServicers(c *call) (any, *refusal) {
	a, refused := find(c, c.Query.Get("open_kfid"))
	if refused != nil {
		return nil, refused
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	list := []servicerStatus{}
	for _, id := range a.departments {
		list = append(list, servicerStatus{Department: id})
	}
	for _, s := range a.servicers {
		if a.byDepartment[s.ID] {
			continue
		}
		status, stop := number(!s.Receiving), 0
		one := servicerStatus{User: s.ID, Status: &status}
		if !s.Receiving {
			one.Stop = &stop
		}
		if a.unmanaged {
			one = servicerStatus{User: s.ID}
		}
		list = append(list, one)
	}
	return struct {
		apihost.Done
		List []servicerStatus `json:"servicer_list"`
	}{okay, list}, nil
}
