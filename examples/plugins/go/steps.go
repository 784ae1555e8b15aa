package main

import (
	"fmt"

	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

// The words are the reference's: programs that answer the question wait for them.
const choices = "[c] Clean up and exit, [a] abort without cleanup, or [r] retry step (build may fail even if retry succeeds)?"

// steps does for the builder's own parts what the host does between provisioners: it pauses with -debug, offers another try
// with -on-error=ask, and keeps what was made when the user wants to look at a failed build.
type steps struct {
	session *session
	build   *pb.BuildContext
	kept    bool
}

func newSteps(s *session, build *pb.BuildContext) *steps {
	onError := build.GetOnError()
	return &steps{session: s, build: build, kept: onError == "abort" || onError == "run-cleanup-provisioner"}
}

// run does the work of a step, again for as long as it fails and the user wants that.
func (s *steps) run(name string, work func() error) error {
	for {
		err := work()
		if err == nil {
			s.pause(fmt.Sprintf("after run of step '%s'", name))
			return nil
		}
		if !s.mayRetry(name, err) {
			return err
		}
	}
}

// pause waits for the user, when there is one.
func (s *steps) pause(place string) {
	if s.build.GetDebug() {
		_, _ = s.session.ask("Pausing " + place + ". Press enter to continue.")
	}
}

func (s *steps) mayRetry(name string, err error) bool {
	if s.build.GetOnError() != "ask" || s.session.ctx.Err() != nil {
		return false
	}
	s.session.say("%s", err)
	s.session.say("Step %q failed", name)
	for {
		line, err := s.session.ask(choices)
		switch {
		case err != nil || line == "" || line[0] == 'c' || line[0] == 'C':
			return false
		case line[0] == 'r' || line[0] == 'R':
			return true
		case line[0] == 'a' || line[0] == 'A':
			s.kept = true
			return false
		}
		s.session.say("Incorrect input: %q", line)
	}
}
