package main

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

type dataSourceService struct {
	pb.UnimplementedDataSourceServiceServer
	process   *process
	instances *instances
}

func (s *dataSourceService) Execute(stream pb.DataSourceService_ExecuteServer) error {
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
	config, err := lookUp[*dataSourceConfig](s.instances, start.GetInstanceId())
	if err != nil {
		return err
	}
	session := newSession(stream.Context(), s.process, func(event *pb.SessionEvent) error {
		return stream.Send(&pb.ExecuteResponse{Message: &pb.ExecuteResponse_Event{Event: event}})
	})
	defer session.cancel(nil)
	go session.receive(func() (*pb.SessionCommand, error) {
		request, err := stream.Recv()
		return request.GetCommand(), err
	})

	output, diagnostic := listFolder(session.ctx, config)
	result := &pb.ExecuteResult{Output: output, Result: session.result(nil, output != nil)}
	if diagnostic != nil && !result.Result.Cancelled {
		result.Result.Diagnostics = []*pb.Diagnostic{diagnostic}
	}
	return stream.Send(&pb.ExecuteResponse{Message: &pb.ExecuteResponse_Result{Result: result}})
}

func listFolder(ctx context.Context, config *dataSourceConfig) (*pb.Value, *pb.Diagnostic) {
	files := []*pb.Value{}
	var total int64
	err := filepath.WalkDir(config.path, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case entry.IsDir() && path != config.path && !config.recursive:
			return fs.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		if matches, _ := filepath.Match(config.pattern, entry.Name()); !matches {
			return nil
		}
		if int64(len(files)) >= config.maxFiles {
			return fmt.Errorf("there are more than %d files", config.maxFiles)
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		sum, err := sha256OfFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(config.path, path)
		if err != nil {
			return err
		}
		total += info.Size()
		files = append(files, objectValue(map[string]*pb.Value{
			"path":       textValue(filepath.ToSlash(relative)),
			"size_bytes": numberValue(info.Size()),
			"sha256":     textValue(sum),
		}))
		return nil
	})
	if err != nil {
		return nil, errorAt(attributePath("path"), "Cannot list the folder", "%s.", err)
	}
	return objectValue(map[string]*pb.Value{
		"path":        textValue(config.path),
		"files":       listValue(files),
		"total_bytes": numberValue(total),
	}), nil
}
