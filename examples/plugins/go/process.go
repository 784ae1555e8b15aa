package main

import (
	"context"
	"sync"
	"time"
)

// process knows the sessions that run, so that the end of the process can wait for their clean-up.
type process struct {
	ctx      context.Context
	cancel   context.CancelFunc
	mu       sync.Mutex
	stopped  bool
	sessions sync.WaitGroup
}

func newProcess() *process {
	ctx, cancel := context.WithCancel(context.Background())
	return &process{ctx: ctx, cancel: cancel}
}

// enter counts a session; the caller calls the returned function at its end. False: the process is about to end.
func (p *process) enter() (func(), bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return nil, false
	}
	p.sessions.Add(1)
	return p.sessions.Done, true
}

// stop cancels all sessions and waits for their clean-up, but no longer than grace.
func (p *process) stop(grace time.Duration) {
	p.mu.Lock()
	p.stopped = true
	p.mu.Unlock()
	p.cancel()
	done := make(chan struct{})
	go func() {
		p.sessions.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(grace):
	}
}
