package admin

import (
	"net/http"
	"time"

	"demailbench/gateway/admin/api"
	"demailbench/gateway/clerk"
	"demailbench/gateway/maintenance"
	"demailbench/gateway/ops"
)

// ListMaintenance lists windows.
func (h *handler) ListMaintenance(w http.ResponseWriter, r *http.Request, p api.ListMaintenanceParams) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		l, err := h.Maintenance.Windows(c, p.From, p.Until)
		if err != nil {
			return nil, err
		}
		out := api.Windows{Items: []api.Window{}}
		for _, x := range l {
			o, err := h.windowOut(x)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, o)
		}
		return out, nil
	})
}

// PlanMaintenance plans a window.
func (h *handler) PlanMaintenance(w http.ResponseWriter, r *http.Request) {
	answer(h, w, r, http.StatusCreated, func(c clerk.Caller, b api.WindowPlan) (any, error) {
		return h.windowOf(h.Maintenance.Plan(c, planIn(b)))
	})
}

// ChangeMaintenance changes one.
func (h *handler) ChangeMaintenance(w http.ResponseWriter, r *http.Request, number string) {
	answer(h, w, r, http.StatusOK, func(c clerk.Caller, b api.WindowPlan) (any, error) {
		return h.windowOf(h.Maintenance.Change(c, number, planIn(b)))
	})
}

// CancelMaintenance calls one off.
func (h *handler) CancelMaintenance(w http.ResponseWriter, r *http.Request, number string) {
	answer(h, w, r, http.StatusOK, func(c clerk.Caller, b api.Cancellation) (any, error) {
		return h.windowOf(h.Maintenance.Cancel(c, number, b.Reason))
	})
}

// StartMaintenance begins the work.
func (h *handler) StartMaintenance(w http.ResponseWriter, r *http.Request, number string) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) { return h.windowOf(h.Maintenance.Start(c, number)) })
}

// EndMaintenance ends it.
func (h *handler) EndMaintenance(w http.ResponseWriter, r *http.Request, number string) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) { return h.windowOf(h.Maintenance.End(c, number)) })
}

// ListNotices shows the proofs of a window's notices.
func (h *handler) ListNotices(w http.ResponseWriter, r *http.Request, number string) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		l, err := h.Maintenance.Proofs(c, number)
		return api.Notices{Items: each(l, noticeOut)}, err
	})
}

func planIn(b api.WindowPlan) maintenance.Request {
	r := maintenance.Request{Start: b.Start, Zone: b.Zone, Expected: time.Duration(b.Seconds) * time.Second, Effects: b.Effects, Tenants: b.Tenants}
	if r.Zone == "" {
		r.Zone = ops.ZoneName
	}
	if most := ops.MaxWindow + time.Second; b.Seconds > int64(most/time.Second) || b.Seconds < 0 { // longer ones would not fit
		r.Expected = max(min(most, r.Expected), -time.Second)
		if b.Seconds > 0 {
			r.Expected = most
		}
	}
	for _, s := range b.Services {
		r.Services = append(r.Services, maintenance.Service(s))
	}
	return r
}

func (h *handler) windowOf(w maintenance.Window, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return h.windowOut(w)
}

func (h *handler) windowOut(w maintenance.Window) (api.Window, error) {
	out := api.Window{Number: w.Plan.ID, State: api.WindowState(w.Phase), Revision: w.Revision, Start: w.Plan.Window.Begin().UTC(), End: w.Plan.Window.Finish().UTC(),
		Services: each(w.Plan.Services, func(s string) api.WindowService { return api.WindowService(s) }), Effects: w.Plan.Effects,
		Tenants: append([]string{}, w.Tenants...), Reason: w.Reason}
	if w.Phase == ops.Running || w.Phase == ops.Ended {
		out.Began = w.Actual.Begin().UTC()
	}
	if w.Phase == ops.Ended {
		out.Ended = w.Actual.Finish().UTC()
	}
	d, err := h.Maintenance.Deadline(w)
	if err != nil {
		return out, err
	}
	told, err := h.Maintenance.Told(w)
	out.NoticeDue, out.Notice = d.Until.UTC(), map[ops.Verdict]api.WindowNotice{ops.InTime: api.InTime, ops.Warn: api.Warn, ops.Late: api.Late}[told.Verdict]
	return out, err
}

func noticeOut(p maintenance.Proof) api.Notice {
	out := api.Notice{Window: p.Window, Revision: p.Revision, Occasion: api.NoticeOccasion(p.Occasion), Address: p.Address, Sent: p.Queued.UTC(), Answer: p.Answer,
		For: each(p.For, func(r ops.Recipient) string { return r.Tenant + " " + string(r.Role) })}
	if !p.Accepted.IsZero() {
		out.Accepted = p.Accepted.UTC()
	}
	if !p.Failed.IsZero() {
		out.Failed = p.Failed.UTC()
	}
	return out
}
