package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

// errHostCancelled is the cause of a session's context after a Cancel command.
var errHostCancelled = errors.New("cancelled by the host")

// session is what the four kinds of session have in common: events to the host, commands from it, and a context that ends
// when the host cancels, when the stream breaks, or when the process has to end.
type session struct {
	ctx    context.Context
	cancel context.CancelCauseFunc

	sendMu sync.Mutex // a gRPC stream takes one sender at a time
	emit   func(*pb.SessionEvent) error

	ackMu sync.Mutex
	acks  map[string]chan struct{}

	answerMu  sync.Mutex
	questions int
	answers   map[string]chan *pb.Answer
}

func newSession(stream context.Context, p *process, emit func(*pb.SessionEvent) error) *session {
	ctx, cancel := context.WithCancelCause(stream)
	context.AfterFunc(p.ctx, func() { cancel(errors.New("the plugin has to end")) })
	return &session{ctx: ctx, cancel: cancel, emit: emit, acks: map[string]chan struct{}{}, answers: map[string]chan *pb.Answer{}}
}

// wasCancelled tells whether the host asked for the end.
func (s *session) wasCancelled() bool {
	return errors.Is(context.Cause(s.ctx), errHostCancelled)
}

// receive runs until the host ends its side, which it does only after the result: earlier, it means that the host is lost.
// next reads one message and gives its command, or nil.
func (s *session) receive(next func() (*pb.SessionCommand, error)) {
	for {
		command, err := next()
		if err != nil {
			s.cancel(err)
			return
		}
		switch command := command.GetCommand().(type) {
		case *pb.SessionCommand_Cancel:
			s.cancel(fmt.Errorf("%w: %s", errHostCancelled, command.Cancel.GetReason()))
		case *pb.SessionCommand_ResourceRecorded:
			s.acknowledge(ackKey(command.ResourceRecorded.GetRecordId(), command.ResourceRecorded.GetState()))
		case *pb.SessionCommand_Answer:
			s.answer(command.Answer)
		}
	}
}

func (s *session) event(event *pb.SessionEvent) error {
	s.sendMu.Lock()
	defer s.sendMu.Unlock()
	return s.emit(event)
}

// say shows a line to the user. A lost line is no reason to stop, and a lost host ends the context anyway.
func (s *session) say(format string, arguments ...any) {
	line := &pb.UiLine{Level: pb.UiLine_LEVEL_SAY, Text: fmt.Sprintf(format, arguments...)}
	_ = s.event(&pb.SessionEvent{Event: &pb.SessionEvent_Ui{Ui: line}})
}

func (s *session) progress(id, label string, done, total int, finished bool) {
	progress := &pb.Progress{Id: id, Label: label, Done: uint64(done), Total: uint64(total), Unit: "files", Finished: finished}
	_ = s.event(&pb.SessionEvent{Event: &pb.SessionEvent_Progress{Progress: progress}})
}

func (s *session) hide(secret string) error {
	return s.event(&pb.SessionEvent{Event: &pb.SessionEvent_Secrets{Secrets: &pb.Secrets{Values: []string{secret}}}})
}

// ask puts a question to the user and waits for the answer. Without a user, or when the session ends, it gives an error.
func (s *session) ask(text string) (string, error) {
	answered := make(chan *pb.Answer, 1)
	s.answerMu.Lock()
	s.questions++
	id := fmt.Sprintf("question-%d", s.questions)
	s.answers[id] = answered
	s.answerMu.Unlock()
	question := &pb.SessionEvent_Question{Question: &pb.Question{Id: id, Text: text}}
	if err := s.event(&pb.SessionEvent{Event: question}); err != nil {
		return "", err
	}
	select {
	case answer := <-answered:
		if answer.GetError() != "" {
			return "", errors.New(answer.GetError())
		}
		return answer.GetText(), nil
	case <-s.ctx.Done():
		return "", context.Cause(s.ctx)
	}
}

func (s *session) answer(answer *pb.Answer) {
	s.answerMu.Lock()
	defer s.answerMu.Unlock()
	if answered, waiting := s.answers[answer.GetQuestionId()]; waiting {
		delete(s.answers, answer.GetQuestionId())
		answered <- answer
	}
}

// plan announces a resource and returns when the host has it in its journal; only then may the resource be made.
func (s *session) plan(resource *pb.ResourceRecord) error {
	key := ackKey(resource.GetRecordId(), pb.ResourceRecord_STATE_PLANNED)
	recorded := make(chan struct{})
	s.ackMu.Lock()
	s.acks[key] = recorded
	s.ackMu.Unlock()
	if err := s.record(resource, pb.ResourceRecord_STATE_PLANNED); err != nil {
		return err
	}
	select {
	case <-recorded:
		return nil
	case <-s.ctx.Done():
		return context.Cause(s.ctx)
	}
}

// record announces a later state of a resource. Nothing has to wait for the acknowledgement of these.
func (s *session) record(resource *pb.ResourceRecord, state pb.ResourceRecord_State) error {
	announced := &pb.ResourceRecord{
		RecordId: resource.GetRecordId(),
		Kind:     resource.GetKind(),
		Id:       resource.GetId(),
		Locator:  resource.GetLocator(),
		State:    state,
	}
	return s.event(&pb.SessionEvent{Event: &pb.SessionEvent_Resource{Resource: announced}})
}

func (s *session) acknowledge(key string) {
	s.ackMu.Lock()
	defer s.ackMu.Unlock()
	if recorded, waiting := s.acks[key]; waiting {
		delete(s.acks, key)
		close(recorded)
	}
}

func ackKey(recordID string, state pb.ResourceRecord_State) string {
	return fmt.Sprintf("%d %s", state, recordID)
}

// result says how the session ended. A cancellation that came when the work was complete changed nothing.
func (s *session) result(diagnostics []*pb.Diagnostic, complete bool) *pb.SessionResult {
	return &pb.SessionResult{Diagnostics: diagnostics, Cancelled: s.wasCancelled() && !complete}
}
