package world

import "demailbench/features/world/reader"

// Reader is the operator's card reader.
func (w *World) Reader() *reader.Reader {
	if w.reader == nil {
		w.reader = reader.New(reader.Options{Lab: w.lab, Record: w.rec, Faults: w.faults, Host: w.scene.Gateway, Now: w.clock.Now,
			Gateway: w.running, Stop: w.StopGateway, Kill: w.kill, Restart: w.Restart, Offers: w.offers, Note: w.Note})
	}
	return w.reader
}
