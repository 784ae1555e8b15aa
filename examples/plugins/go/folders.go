package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
)

func randomHex(length int) (string, error) {
	bytes := make([]byte, length)
	if _, err := rand.Read(bytes); err != nil {
		return "", err
	}
	return hex.EncodeToString(bytes), nil
}

// makeFolder makes a folder that only its owner may enter, in a folder that may have to be made too.
func makeFolder(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.Mkdir(path, 0o700)
}

// digestFolder gives the absolute paths of all files and links in a folder, in order, and a SHA-256 sum over their names,
// modes and content.
func digestFolder(root string) ([]string, string, error) {
	var files []string
	sum := sha256.New()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		content := ""
		switch {
		case info.Mode().IsRegular():
			content, err = sha256OfFile(path)
		case info.Mode()&fs.ModeSymlink != 0:
			content, err = os.Readlink(path)
		}
		if err != nil {
			return err
		}
		files = append(files, path)
		_, err = fmt.Fprintf(sum, "%q %v %q\n", filepath.ToSlash(relative), info.Mode(), content)
		return err
	})
	return files, hex.EncodeToString(sum.Sum(nil)), err
}

func sha256OfFile(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// removeEmptyFolders removes root and the folders in it that have no files, the deepest first.
func removeEmptyFolders(root string) {
	var folders []string
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			folders = append(folders, path)
		}
		return nil
	})
	sort.Sort(sort.Reverse(sort.StringSlice(folders)))
	for _, folder := range folders {
		_ = os.Remove(folder) // fails, as it should, where something is left
	}
}
