package main

import (
	"context"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

// How many bytes one message carries. Each Send waits while the caller does not read, so nothing piles up here.
const chunkSize = 256 << 10

type communicatorService struct {
	pb.UnimplementedCommunicatorServiceServer
	process  *process
	machines *machines
	apart    *apart // nil while the main listener serves machines too
}

// reference tells how a machine is reached. Without an endpoint it is the plugin's main listener, which the host knows.
func (s *communicatorService) reference(handle, token string) *pb.CommunicatorRef {
	reference := &pb.CommunicatorRef{Handle: handle, Token: token, Type: communicatorType}
	if s.apart != nil {
		reference.Endpoint, reference.ServerCertificate = s.apart.endpoint, s.apart.certificate
	}
	return reference
}

func (s *communicatorService) Grant(_ context.Context, request *pb.GrantRequest) (*pb.GrantResponse, error) {
	token, err := s.machines.grant(request.GetHandle())
	if err != nil {
		return nil, err
	}
	return &pb.GrantResponse{Communicator: s.reference(request.GetHandle(), token)}, nil
}

func (s *communicatorService) Revoke(_ context.Context, request *pb.RevokeRequest) (*pb.RevokeResponse, error) {
	s.machines.revoke(request.GetToken())
	return &pb.RevokeResponse{}, nil
}

// Exec runs one command in a process group of its own, which is killed when the call or the token ends first.
func (s *communicatorService) Exec(stream pb.CommunicatorService_ExecServer) error {
	done, ok := s.process.enter() // so that the process does not end before it has killed the command
	if !ok {
		return status.Error(codes.Unavailable, "the plugin is about to end")
	}
	defer done()

	first, err := stream.Recv()
	if err != nil {
		return err
	}
	start := first.GetStart()
	if start == nil {
		return status.Error(codes.InvalidArgument, "the first message must be start")
	}
	m, ctx, leave, err := s.machines.enter(stream.Context(), start.GetAccess())
	if err != nil {
		return err
	}
	defer leave()

	c, diagnostic := startCommand(m, start)
	if diagnostic != nil {
		return sendExit(stream, &pb.ExecExit{Diagnostics: []*pb.Diagnostic{diagnostic}})
	}
	defer c.kill() // whatever is left of the group when the call ends early

	go c.control(stream.Recv)
	var sendMu sync.Mutex
	var pumps sync.WaitGroup
	pumps.Go(func() {
		c.pump(c.stdout, &sendMu, func(bytes []byte) error {
			return stream.Send(&pb.ExecResponse{Message: &pb.ExecResponse_Stdout{Stdout: bytes}})
		})
	})
	pumps.Go(func() {
		c.pump(c.stderr, &sendMu, func(bytes []byte) error {
			return stream.Send(&pb.ExecResponse{Message: &pb.ExecResponse_Stderr{Stderr: bytes}})
		})
	})
	exit := make(chan *pb.ExecExit, 1)
	go func() {
		pumps.Wait()
		exit <- c.wait()
	}()

	select {
	case result := <-exit:
		return sendExit(stream, result)
	case <-ctx.Done():
		return ended(ctx)
	}
}

func sendExit(stream pb.CommunicatorService_ExecServer, exit *pb.ExecExit) error {
	return stream.Send(&pb.ExecResponse{Message: &pb.ExecResponse_Exit{Exit: exit}})
}
