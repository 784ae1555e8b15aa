package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

const (
	builderID    = "example.folder"
	resourceKind = "folder"
	// What the name of each machine's folder contains, so that DestroyResource can never be talked into removing another one.
	machineInfix = ".ingot-machine-"
)

type builderService struct {
	pb.UnimplementedBuilderServiceServer
	process      *process
	instances    *instances
	machines     *machines
	communicator *communicatorService
}

// Run translates between the stream and build.
func (s *builderService) Run(stream pb.BuilderService_RunServer) error {
	leave, ok := s.process.enter()
	if !ok {
		return status.Error(codes.Unavailable, "the plugin is about to end")
	}
	defer leave()

	first, err := stream.Recv()
	if err != nil {
		return err
	}
	start := first.GetStart()
	if start == nil {
		return status.Error(codes.InvalidArgument, "the first message must be start")
	}
	config, err := lookUp[*builderConfig](s.instances, start.GetInstanceId())
	if err != nil {
		return err
	}

	b := &build{config: config, machines: s.machines, communicator: s.communicator, provisioned: make(chan *pb.ProvisionDone, 1)}
	b.session = newSession(stream.Context(), s.process, func(event *pb.SessionEvent) error {
		return stream.Send(&pb.RunResponse{Message: &pb.RunResponse_Event{Event: event}})
	})
	defer b.session.cancel(nil)
	b.steps = newSteps(b.session, config.build)
	b.ready = func(ready *pb.MachineReady) error {
		b.session.sendMu.Lock()
		defer b.session.sendMu.Unlock()
		return stream.Send(&pb.RunResponse{Message: &pb.RunResponse_MachineReady{MachineReady: ready}})
	}
	go b.session.receive(func() (*pb.SessionCommand, error) {
		request, err := stream.Recv()
		if done := request.GetProvisionDone(); done != nil {
			b.provisioned <- done
		}
		return request.GetCommand(), err
	})

	artifact, diagnostics := b.run()
	if b.session.ctx.Err() != nil && !b.session.wasCancelled() {
		return status.Error(codes.Canceled, "the host ended the session early")
	}
	result := &pb.RunResult{Result: b.session.result(diagnostics, artifact != nil), Artifact: artifact}
	return stream.Send(&pb.RunResponse{Message: &pb.RunResponse_Result{Result: result}})
}

// build is one run of the builder.
type build struct {
	session      *session
	steps        *steps
	config       *builderConfig
	machines     *machines
	communicator *communicatorService
	ready        func(*pb.MachineReady) error
	provisioned  chan *pb.ProvisionDone
}

func (b *build) run() (*pb.Artifact, []*pb.Diagnostic) {
	if diagnostic := b.checkOutput(); diagnostic != nil {
		return nil, []*pb.Diagnostic{diagnostic}
	}
	if b.config.secret != "" {
		if err := b.session.hide(b.config.secret); err != nil {
			return nil, b.failed("Cannot reach the host", err)
		}
	}

	// The folder stands beside the output, so that the end is one rename, and its name is known before it exists.
	name, err := randomHex(8)
	if err != nil {
		return nil, b.failed("Cannot choose a name", err)
	}
	folder := b.config.output + machineInfix + name
	resource := &pb.ResourceRecord{RecordId: "machine", Kind: resourceKind, Id: folder, Locator: map[string]string{"path": folder}}
	if err := b.session.plan(resource); err != nil {
		_ = b.session.record(resource, pb.ResourceRecord_STATE_RELEASED) // it was never made
		return nil, b.failed("Cannot record the machine's folder", err)
	}
	if err := makeFolder(folder); err != nil {
		_ = b.session.record(resource, pb.ResourceRecord_STATE_RELEASED)
		return nil, b.failed("Cannot make the machine's folder", err)
	}
	_ = b.session.record(resource, pb.ResourceRecord_STATE_CREATED)

	artifact, diagnostics := b.use(folder)
	if artifact == nil && b.steps.kept {
		b.session.say("The machine's folder stays: %s", folder)
		return nil, diagnostics
	}
	// After success this finds nothing: the folder has become the output.
	if err := os.RemoveAll(folder); err != nil {
		diagnostics = append(diagnostics, failure("Cannot remove the machine's folder", err))
	} else {
		_ = b.session.record(resource, pb.ResourceRecord_STATE_RELEASED)
	}
	return artifact, diagnostics
}

// use does everything between the making of the folder and its removal.
func (b *build) use(folder string) (*pb.Artifact, []*pb.Diagnostic) {
	b.session.say("Preparing the machine in %s", folder)
	if err := b.steps.run("StepFillFolder", func() error { return b.fill(folder) }); err != nil {
		return nil, b.failed("Cannot fill the machine's folder", err)
	}
	defer b.steps.pause("before cleanup of step 'StepFillFolder'")
	if diagnostics := b.provision(folder); diagnostics != nil {
		return nil, diagnostics // the host has asked already
	}
	b.steps.pause("after run of step 'StepProvision'")
	if diagnostic := b.checkOutput(); diagnostic != nil {
		return nil, []*pb.Diagnostic{diagnostic}
	}
	if b.config.build.GetForce() {
		if err := os.RemoveAll(b.config.output); err != nil {
			return nil, b.failed("Cannot remove the old output", err)
		}
	}
	if err := errors.Join(os.Chmod(folder, 0o755), os.Rename(folder, b.config.output)); err != nil {
		return nil, b.failed("Cannot make the output", err)
	}
	artifact, err := makeArtifact(b.config.output)
	if err != nil {
		return nil, b.failed("Cannot read the output", err)
	}
	return artifact, nil
}

func (b *build) checkOutput() *pb.Diagnostic {
	if b.config.build.GetForce() {
		return nil
	}
	if _, err := os.Lstat(b.config.output); err == nil {
		return errorAt(attributePath("output"), "Output exists", "%q exists already. Remove it, or use -force to replace it.", b.config.output)
	}
	return nil
}

func (b *build) fill(folder string) error {
	if b.config.source != "" {
		if err := os.CopyFS(folder, os.DirFS(b.config.source)); err != nil {
			return err
		}
	}
	for index, file := range b.config.files {
		path := filepath.Join(folder, filepath.FromSlash(file.path))
		mode := os.FileMode(0o644)
		if file.executable {
			mode = 0o755
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(file.content), mode); err != nil {
			return err
		}
		b.session.progress("fill", "files", index+1, len(b.config.files), index+1 == len(b.config.files))
	}
	return nil
}

// provision opens the machine, waits until the host has run the provisioners, and closes it again. Nil: all went well.
func (b *build) provision(folder string) []*pb.Diagnostic {
	environment := map[string]string{}
	for name, value := range b.config.environment {
		environment[name] = value
	}
	if b.config.secret != "" {
		environment["FOLDER_SECRET"] = b.config.secret
	}
	m, err := b.machines.open(b.session.ctx, folder, environment)
	if err != nil {
		return b.failed("Cannot open the machine", err)
	}
	defer b.machines.close(m)

	err = b.ready(&pb.MachineReady{
		Communicator:  b.communicator.reference(m.handle, ""),
		GeneratedData: &pb.GeneratedData{Values: map[string]*pb.Value{"ID": textValue(m.handle), "Path": textValue(folder)}},
	})
	if err != nil {
		return b.failed("Cannot reach the host", err)
	}
	select {
	case done := <-b.provisioned:
		b.steps.kept = b.steps.kept || done.GetKeepResources()
		if hasErrors(done.GetDiagnostics()) {
			return done.GetDiagnostics()
		}
		return nil
	case <-b.session.ctx.Done():
		return b.failed("", context.Cause(b.session.ctx))
	}
}

// failed makes the diagnostics of a failure, never nil. A cancelled build fails for that reason alone, and the host knows it.
func (b *build) failed(summary string, err error) []*pb.Diagnostic {
	if b.session.ctx.Err() != nil {
		return []*pb.Diagnostic{}
	}
	return []*pb.Diagnostic{failure(summary, err)}
}

func makeArtifact(output string) (*pb.Artifact, error) {
	files, digest, err := digestFolder(output)
	if err != nil {
		return nil, err
	}
	return &pb.Artifact{
		BuilderId:   builderID,
		Id:          "sha256:" + digest,
		Files:       files,
		Description: fmt.Sprintf("A folder with %d files: %s", len(files), output),
		State:       map[string]*pb.Value{"output": textValue(output)},
	}, nil
}
