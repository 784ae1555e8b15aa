package main

import (
	"context"
	"crypto/subtle"
	"errors"
	"os"
	"path/filepath"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

// What templates see as build.ConnType.
const communicatorType = "folder"

var errRevoked = errors.New("the right to use the machine has ended")

// machine is a folder in which commands run as processes of this computer. It is no sandbox: relative paths start in the
// folder, absolute ones are those of the computer.
type machine struct {
	handle      string
	folder      string
	environment map[string]string
	ctx         context.Context
	close       context.CancelCauseFunc
}

// grant is what one token allows: calls on one machine until the context ends.
type grant struct {
	machine *machine
	ctx     context.Context
	revoke  context.CancelCauseFunc
}

// machines knows the open machines by handle and the grants by token.
type machines struct {
	mu       sync.Mutex
	byHandle map[string]*machine
	grants   map[string]*grant
}

func newMachines() *machines {
	return &machines{byHandle: map[string]*machine{}, grants: map[string]*grant{}}
}

// open makes a machine that lives until close is called or ctx ends.
func (all *machines) open(ctx context.Context, folder string, environment map[string]string) (*machine, error) {
	handle, err := randomHex(8)
	if err != nil {
		return nil, err
	}
	m := &machine{handle: handle, folder: folder, environment: environment}
	m.ctx, m.close = context.WithCancelCause(ctx)
	all.mu.Lock()
	defer all.mu.Unlock()
	all.byHandle[handle] = m
	return m, nil
}

// close ends the machine, its grants, and the calls that still use them.
func (all *machines) close(m *machine) {
	all.mu.Lock()
	delete(all.byHandle, m.handle)
	for token, g := range all.grants {
		if g.machine == m {
			delete(all.grants, token)
		}
	}
	all.mu.Unlock()
	m.close(errRevoked)
}

func (all *machines) grant(handle string) (string, error) {
	token, err := randomHex(32)
	if err != nil {
		return "", err
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	m, ok := all.byHandle[handle]
	if !ok {
		return "", status.Errorf(codes.NotFound, "there is no such machine: %q", handle)
	}
	g := &grant{machine: m}
	g.ctx, g.revoke = context.WithCancelCause(m.ctx)
	all.grants[token] = g
	return token, nil
}

func (all *machines) revoke(token string) {
	all.mu.Lock()
	g := all.grants[token]
	delete(all.grants, token)
	all.mu.Unlock()
	if g != nil {
		g.revoke(errRevoked)
	}
}

// enter checks the token of a call, and gives the machine and a context that ends with the call or with the token.
func (all *machines) enter(call context.Context, access *pb.Access) (*machine, context.Context, context.CancelFunc, error) {
	all.mu.Lock()
	g := all.grants[access.GetToken()]
	all.mu.Unlock()
	if g == nil || subtle.ConstantTimeCompare([]byte(g.machine.handle), []byte(access.GetHandle())) != 1 {
		return nil, nil, nil, status.Error(codes.PermissionDenied, "the token is unknown or revoked")
	}
	ctx, cancel := context.WithCancelCause(call)
	stop := context.AfterFunc(g.ctx, func() { cancel(errRevoked) })
	return g.machine, ctx, func() { stop(); cancel(nil) }, nil
}

// path gives the place of a machine's path on this computer.
func (m *machine) path(path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(m.folder, path)
}

// variables gives the environment of a command. The plugin's own one stays private: it has the cookie and perhaps secrets.
func (m *machine) variables(more map[string]string) []string {
	result := []string{"HOME=" + m.folder}
	for _, name := range []string{"PATH", "LANG", "TZ", "USER", "LOGNAME"} {
		if value, ok := os.LookupEnv(name); ok {
			result = append(result, name+"="+value)
		}
	}
	for name, value := range m.environment {
		result = append(result, name+"="+value)
	}
	for name, value := range more {
		result = append(result, name+"="+value)
	}
	return result
}

// ended is the status of a call that could not go on: the caller has left, or the token was revoked.
func ended(ctx context.Context) error {
	if errors.Is(context.Cause(ctx), errRevoked) {
		return status.Error(codes.PermissionDenied, errRevoked.Error())
	}
	return status.FromContextError(ctx.Err()).Err()
}
