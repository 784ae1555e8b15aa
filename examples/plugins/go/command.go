package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

// command is a running command.
type command struct {
	process *exec.Cmd
	stdin   *os.File // nil without standard input
	stdout  *os.File
	stderr  *os.File
	stdinMu sync.Mutex

	killMu sync.Mutex
	gone   bool

	guard *exec.Cmd
	alive *os.File // the guard's proof that this process lives
}

func startCommand(m *machine, start *pb.ExecStart) (*command, *pb.Diagnostic) {
	var argv []string
	switch how := start.GetCommand().(type) {
	case *pb.ExecStart_ShellCommand:
		argv = []string{"/bin/sh", "-c", how.ShellCommand}
	case *pb.ExecStart_Arguments:
		argv = how.Arguments.GetValues()
	}
	if len(argv) == 0 {
		return nil, errorAt(nil, "No command", "The caller gave neither a shell command nor arguments.")
	}
	if start.GetTerminal() != nil {
		return nil, errorAt(nil, "Terminals are not supported", "A machine of the builder \"folder\" cannot give a command a terminal.")
	}
	c := &command{process: exec.Command(argv[0], argv[1:]...)}
	c.process.Dir = m.path(start.GetWorkingDirectory())
	c.process.Env = m.variables(start.GetEnvironment())
	c.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}

	// Pipes of our own rather than those of the package exec: the ends that the command gets are closed here right after the
	// start, and reading ends when the last process of the group has closed its copy.
	var theirs []*os.File
	defer func() {
		for _, file := range theirs {
			file.Close()
		}
	}()
	outRead, outWrite, err := os.Pipe()
	if err != nil {
		return nil, failure("Cannot start the command", err)
	}
	theirs = append(theirs, outWrite)
	errRead, errWrite, err := os.Pipe()
	if err != nil {
		outRead.Close()
		return nil, failure("Cannot start the command", err)
	}
	theirs = append(theirs, errWrite)
	c.stdout, c.stderr, c.process.Stdout, c.process.Stderr = outRead, errRead, outWrite, errWrite
	if start.GetWithStdin() {
		inRead, inWrite, err := os.Pipe()
		if err != nil {
			c.closePipes()
			return nil, failure("Cannot start the command", err)
		}
		theirs = append(theirs, inRead)
		c.process.Stdin, c.stdin = inRead, inWrite
	}
	if err := c.process.Start(); err != nil {
		c.closePipes()
		return nil, failure("Cannot start the command", err)
	}
	if err := c.startGuard(); err != nil {
		c.kill()
		_ = c.process.Wait()
		return nil, failure("Cannot watch over the command", err)
	}
	return c, nil
}

// startGuard puts a second process into the command's group, which kills the group when this plugin dies before it can do
// so itself, as with SIGKILL: a group of its own is out of the reach of a host that kills the plugin's group.
func (c *command) startGuard() error {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	c.alive = write
	c.guard = exec.Command("/bin/sh", "-c", "read _; kill -KILL 0")
	c.guard.Stdin = read
	c.guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: c.process.Process.Pid}
	if err := c.guard.Start(); err != nil {
		write.Close()
		c.guard = nil
		return err
	}
	return nil
}

func (c *command) endGuard() {
	_ = c.guard.Process.Kill()
	_ = c.guard.Wait()
	c.alive.Close()
}

// control passes standard input and signals on until the caller's side ends, which ends standard input too.
func (c *command) control(receive func() (*pb.ExecRequest, error)) {
	defer c.endStdin()
	for {
		request, err := receive()
		if err != nil {
			return
		}
		switch message := request.GetMessage().(type) {
		case *pb.ExecRequest_Stdin:
			if c.stdin != nil {
				_, _ = c.stdin.Write(message.Stdin) // a command that does not read its input is no error
			}
		case *pb.ExecRequest_StdinEnd:
			c.endStdin()
		case *pb.ExecRequest_Signal:
			if number := unix.SignalNum("SIG" + message.Signal); number != 0 {
				c.signal(number)
			}
		}
	}
}

// pump sends what the command prints. After a failed Send it reads on without sending, so that the command does not hang.
func (c *command) pump(from *os.File, sendMu *sync.Mutex, send func([]byte) error) {
	failed := false
	for {
		buffer := make([]byte, chunkSize) // a sent message must not be changed, so each read has its own
		n, err := from.Read(buffer)
		if n > 0 && !failed {
			sendMu.Lock()
			failed = send(buffer[:n]) != nil
			sendMu.Unlock()
		}
		if err != nil {
			return
		}
	}
}

func (c *command) wait() *pb.ExecExit {
	err := c.process.Wait()
	c.killMu.Lock()
	c.gone = true
	c.endGuard()
	c.killMu.Unlock()
	c.closePipes()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pb.ExecExit{}
	case errors.As(err, &exit):
		state, _ := exit.Sys().(syscall.WaitStatus)
		if state.Signaled() {
			name := unix.SignalName(state.Signal())
			return &pb.ExecExit{Status: int32(128 + state.Signal()), Signal: trimSIG(name)}
		}
		return &pb.ExecExit{Status: int32(exit.ExitCode())}
	default:
		return &pb.ExecExit{Diagnostics: []*pb.Diagnostic{failure("Cannot wait for the command", err)}}
	}
}

func (c *command) signal(number syscall.Signal) {
	c.killMu.Lock()
	defer c.killMu.Unlock()
	if !c.gone { // the number of a process that was waited for may belong to another one by now
		_ = syscall.Kill(-c.process.Process.Pid, number)
	}
}

// kill ends the whole group, and the reading from processes that left the group.
func (c *command) kill() {
	c.signal(syscall.SIGKILL)
	c.closePipes()
}

func (c *command) endStdin() {
	c.stdinMu.Lock()
	defer c.stdinMu.Unlock()
	if c.stdin != nil {
		c.stdin.Close()
	}
}

func (c *command) closePipes() {
	c.endStdin()
	for _, pipe := range []io.Closer{c.stdout, c.stderr} {
		pipe.Close()
	}
}

func trimSIG(name string) string {
	if len(name) > 3 && name[:3] == "SIG" {
		return name[3:]
	}
	return name
}
