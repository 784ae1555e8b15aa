package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

// instances holds the prepared instances by the host's ids: *builderConfig or *dataSourceConfig.
type instances struct {
	mu   sync.Mutex
	byID map[string]any
}

func newInstances() *instances {
	return &instances{byID: map[string]any{}}
}

// lookUp finds an instance of the wanted kind. An unknown one is the host's mistake, hence a status.
func lookUp[T any](all *instances, id string) (T, error) {
	all.mu.Lock()
	defer all.mu.Unlock()
	instance, ok := all.byID[id].(T)
	if !ok {
		return instance, status.Errorf(codes.NotFound, "there is no such instance: %q", id)
	}
	return instance, nil
}

type pluginService struct {
	pb.UnimplementedPluginServiceServer
	instances *instances
}

func (s *pluginService) Describe(context.Context, *pb.DescribeRequest) (*pb.DescribeResponse, error) {
	return description, nil
}

func (s *pluginService) Prepare(_ context.Context, request *pb.PrepareRequest) (*pb.PrepareResponse, error) {
	var instance any
	var diagnostics []*pb.Diagnostic
	component := request.GetComponent()
	switch {
	case component.GetName() != "folder":
		return nil, status.Errorf(codes.NotFound, "there is no such component: %q", component.GetName())
	case component.GetKind() == pb.ComponentKind_COMPONENT_KIND_BUILDER:
		instance, diagnostics = decodeBuilderConfig(request.GetConfig(), request.GetBuild())
	case component.GetKind() == pb.ComponentKind_COMPONENT_KIND_DATA_SOURCE:
		instance, diagnostics = decodeDataSourceConfig(request.GetConfig(), request.GetBuild())
	default:
		return nil, status.Errorf(codes.NotFound, "there is no such component: %v %q", component.GetKind(), component.GetName())
	}
	if hasErrors(diagnostics) {
		return &pb.PrepareResponse{Diagnostics: diagnostics}, nil
	}

	s.instances.mu.Lock()
	defer s.instances.mu.Unlock()
	if _, exists := s.instances.byID[request.GetInstanceId()]; exists {
		return nil, status.Errorf(codes.AlreadyExists, "the instance exists already: %q", request.GetInstanceId())
	}
	s.instances.byID[request.GetInstanceId()] = instance
	return &pb.PrepareResponse{Diagnostics: diagnostics}, nil
}

func (s *pluginService) Release(_ context.Context, request *pb.ReleaseRequest) (*pb.ReleaseResponse, error) {
	s.instances.mu.Lock()
	defer s.instances.mu.Unlock()
	delete(s.instances.byID, request.GetInstanceId())
	return &pb.ReleaseResponse{}, nil
}

// DestroyArtifact removes the files that the artifact names, and the folders that this leaves empty; what somebody else put
// there stays.
func (s *pluginService) DestroyArtifact(_ context.Context, request *pb.DestroyArtifactRequest) (*pb.DestroyArtifactResponse, error) {
	artifact := request.GetArtifact()
	output := artifact.GetState()["output"].GetStringValue()
	if artifact.GetBuilderId() != builderID || !filepath.IsAbs(output) {
		return nil, status.Errorf(codes.InvalidArgument, "not an artifact of this plugin: %q", artifact.GetBuilderId())
	}
	var diagnostics []*pb.Diagnostic
	for _, file := range artifact.GetFiles() {
		if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
			diagnostics = append(diagnostics, failure("Cannot remove a file of the artifact", err))
		}
	}
	removeEmptyFolders(output)
	return &pb.DestroyArtifactResponse{Diagnostics: diagnostics}, nil
}

// DestroyResource removes a machine's folder that an earlier session, perhaps of another process, left behind.
func (s *pluginService) DestroyResource(_ context.Context, request *pb.DestroyResourceRequest) (*pb.DestroyResourceResponse, error) {
	resource := request.GetResource()
	path := resource.GetLocator()["path"]
	if resource.GetKind() != resourceKind || !filepath.IsAbs(path) || !strings.Contains(filepath.Base(path), machineInfix) {
		return nil, status.Errorf(codes.InvalidArgument, "not a resource of this plugin: %q", resource.GetKind())
	}
	var diagnostics []*pb.Diagnostic
	if err := os.RemoveAll(path); err != nil {
		diagnostics = append(diagnostics, failure("Cannot remove the machine's folder", err))
	}
	return &pb.DestroyResourceResponse{Diagnostics: diagnostics}, nil
}
