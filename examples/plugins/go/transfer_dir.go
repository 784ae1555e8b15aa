package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

// UploadDir writes the entries of a folder. All writing goes through an os.Root: no entry, not even by way of a link that an
// earlier entry made, can get outside the destination.
func (s *communicatorService) UploadDir(stream pb.CommunicatorService_UploadDirServer) error {
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

	err = func() error {
		destination := m.path(start.GetDestination())
		if source := start.GetSource(); !strings.HasSuffix(source, "/") {
			destination = filepath.Join(destination, path.Base(filepath.ToSlash(source)))
		}
		if err := os.MkdirAll(destination, 0o755); err != nil {
			return err
		}
		root, err := os.OpenRoot(destination)
		if err != nil {
			return err
		}
		defer root.Close()
		writer := &entryWriter{root: root, exclude: start.GetExclude()}
		for {
			if ctx.Err() != nil {
				return ended(ctx)
			}
			request, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return writer.finish()
			}
			if err != nil {
				return err
			}
			switch message := request.GetMessage().(type) {
			case *pb.UploadDirRequest_Entry:
				err = writer.entry(message.Entry)
			case *pb.UploadDirRequest_Chunk:
				err = writer.chunk(message.Chunk)
			}
			if err != nil {
				return err
			}
		}
	}()
	if isStatus(err) {
		return err
	}
	response := &pb.UploadDirResponse{}
	if err != nil {
		response.Diagnostics = []*pb.Diagnostic{failure("Cannot write the folder", err)}
	}
	return stream.SendAndClose(response)
}

// entryWriter writes the entries of a folder transfer, one after another.
type entryWriter struct {
	root    *os.Root
	exclude []string
	current *pb.FileInfo // the file that chunks belong to
	file    *os.File     // nil while the current entry is left out
}

func (w *entryWriter) entry(info *pb.FileInfo) error {
	if err := w.finish(); err != nil {
		return err
	}
	name := filepath.FromSlash(info.GetPath())
	if !filepath.IsLocal(name) {
		return fmt.Errorf("the path %q leads out of the folder", info.GetPath())
	}
	if isExcluded(info.GetPath(), w.exclude) {
		w.current = info
		return nil
	}
	switch info.GetKind() {
	case pb.FileInfo_KIND_DIRECTORY:
		if err := w.root.MkdirAll(name, 0o755); err != nil {
			return err
		}
		return w.root.Chmod(name, modeOf(info, 0o755)|0o700) // files are still to be written into it
	case pb.FileInfo_KIND_SYMLINK:
		if err := w.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return w.root.Symlink(info.GetLinkTarget(), name)
	default:
		if err := w.root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := w.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		file, err := w.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		w.current, w.file = info, file
		return err
	}
}

func (w *entryWriter) chunk(bytes []byte) error {
	if w.current == nil {
		return errors.New("the caller sent bytes that belong to no file")
	}
	if w.file == nil {
		return nil
	}
	_, err := w.file.Write(bytes)
	return err
}

// finish gives the current file its mode and time.
func (w *entryWriter) finish() error {
	info, file := w.current, w.file
	w.current, w.file = nil, nil
	if file == nil {
		return nil
	}
	err := errors.Join(file.Chmod(modeOf(info, 0o644)), file.Close())
	if err == nil && info.ModifiedMs != nil {
		changed := time.UnixMilli(info.GetModifiedMs())
		err = w.root.Chtimes(filepath.FromSlash(info.GetPath()), changed, changed)
	}
	return err
}

// DownloadDir reads a folder. Paths are relative to it whether or not the source ends in a slash: that is for the caller.
func (s *communicatorService) DownloadDir(request *pb.DownloadDirRequest, stream pb.CommunicatorService_DownloadDirServer) error {
	m, ctx, leave, err := s.machines.enter(stream.Context(), request.GetAccess())
	if err != nil {
		return err
	}
	defer leave()

	source := m.path(request.GetSource())
	send := func(info *pb.FileInfo) error {
		return stream.Send(&pb.DownloadDirResponse{Message: &pb.DownloadDirResponse_Entry{Entry: info}})
	}
	err = filepath.WalkDir(source, func(full string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ended(ctx)
		}
		relative, err := filepath.Rel(source, full)
		if err != nil {
			return err
		}
		if relative == "." {
			if !entry.IsDir() {
				return fmt.Errorf("%s is not a folder", request.GetSource())
			}
			return nil
		}
		if isExcluded(filepath.ToSlash(relative), request.GetExclude()) {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		described := fileInfo(relative, info)
		switch {
		case info.IsDir():
			return send(described)
		case info.Mode()&fs.ModeSymlink != 0:
			if described.LinkTarget, err = os.Readlink(full); err != nil {
				return err
			}
			return send(described)
		case !info.Mode().IsRegular():
			return nil // sockets, devices and the like have no content to send
		}
		file, err := os.Open(full)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := send(described); err != nil {
			return err
		}
		return sendFile(ctx, file, func(chunk []byte) error {
			return stream.Send(&pb.DownloadDirResponse{Message: &pb.DownloadDirResponse_Chunk{Chunk: chunk}})
		})
	})
	if isStatus(err) {
		return err
	}
	return stream.Send(&pb.DownloadDirResponse{Message: &pb.DownloadDirResponse_End{End: transferEnd("Cannot read the folder", err)}})
}

// isExcluded tells whether a path is one of the excluded ones or inside one.
func isExcluded(name string, exclude []string) bool {
	for _, excluded := range exclude {
		excluded = path.Clean(filepath.ToSlash(excluded))
		if name == excluded || strings.HasPrefix(name, excluded+"/") {
			return true
		}
	}
	return false
}
