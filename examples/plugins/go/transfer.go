package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

// Upload writes to a file beside the target and renames it at the end, so that an interrupted upload leaves no half file.
func (s *communicatorService) Upload(stream pb.CommunicatorService_UploadServer) error {
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

	next := func() ([]byte, error) {
		if ctx.Err() != nil {
			return nil, ended(ctx)
		}
		request, err := stream.Recv()
		return request.GetChunk(), err
	}
	if err := writeFile(m.path(start.GetFile().GetPath()), start.GetFile(), next); err != nil {
		if isStatus(err) {
			return err
		}
		return stream.SendAndClose(&pb.UploadResponse{Diagnostics: []*pb.Diagnostic{failure("Cannot write the file", err)}})
	}
	return stream.SendAndClose(&pb.UploadResponse{})
}

func writeFile(path string, info *pb.FileInfo, next func() ([]byte, error)) error {
	if existing, err := os.Stat(path); err == nil && existing.IsDir() {
		return fmt.Errorf("%s is a folder", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".ingot-upload-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	for {
		chunk, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if _, err := file.Write(chunk); err != nil {
			return err
		}
	}
	if err := file.Chmod(modeOf(info, 0o644)); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	if info.ModifiedMs != nil {
		changed := time.UnixMilli(info.GetModifiedMs())
		if err := os.Chtimes(file.Name(), changed, changed); err != nil {
			return err
		}
	}
	return os.Rename(file.Name(), path)
}

// Download reads one file.
func (s *communicatorService) Download(request *pb.DownloadRequest, stream pb.CommunicatorService_DownloadServer) error {
	m, ctx, leave, err := s.machines.enter(stream.Context(), request.GetAccess())
	if err != nil {
		return err
	}
	defer leave()

	err = func() error {
		file, err := os.Open(m.path(request.GetPath()))
		if err != nil {
			return err
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s is not a regular file", request.GetPath())
		}
		if err := stream.Send(&pb.DownloadResponse{Message: &pb.DownloadResponse_File{File: fileInfo(request.GetPath(), info)}}); err != nil {
			return err
		}
		return sendFile(ctx, file, func(chunk []byte) error {
			return stream.Send(&pb.DownloadResponse{Message: &pb.DownloadResponse_Chunk{Chunk: chunk}})
		})
	}()
	if isStatus(err) {
		return err
	}
	return stream.Send(&pb.DownloadResponse{Message: &pb.DownloadResponse_End{End: transferEnd("Cannot read the file", err)}})
}

func sendFile(ctx context.Context, file io.Reader, send func([]byte) error) error {
	for {
		if ctx.Err() != nil {
			return ended(ctx)
		}
		buffer := make([]byte, chunkSize)
		n, err := file.Read(buffer)
		if n > 0 {
			if err := send(buffer[:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func transferEnd(summary string, err error) *pb.TransferEnd {
	if err == nil {
		return &pb.TransferEnd{}
	}
	return &pb.TransferEnd{Diagnostics: []*pb.Diagnostic{failure(summary, err)}}
}

func fileInfo(path string, info fs.FileInfo) *pb.FileInfo {
	mode, changed := uint32(info.Mode().Perm()), info.ModTime().UnixMilli()
	result := &pb.FileInfo{Kind: pb.FileInfo_KIND_FILE, Path: filepath.ToSlash(path), Mode: &mode, ModifiedMs: &changed}
	switch {
	case info.IsDir():
		result.Kind = pb.FileInfo_KIND_DIRECTORY
	case info.Mode()&fs.ModeSymlink != 0:
		result.Kind = pb.FileInfo_KIND_SYMLINK
	default:
		size := uint64(info.Size())
		result.Size = &size
	}
	return result
}

func modeOf(info *pb.FileInfo, fallback os.FileMode) os.FileMode {
	if info.Mode == nil {
		return fallback
	}
	return os.FileMode(info.GetMode()) & fs.ModePerm
}

// isStatus tells whether an error ends the call rather than being a message about the machine.
func isStatus(err error) bool {
	_, ok := status.FromError(err)
	return err != nil && ok
}
