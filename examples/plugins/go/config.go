package main

import (
	"path/filepath"

	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

// builderConfig is the decoded configuration of the builder. Paths are absolute.
type builderConfig struct {
	output      string
	source      string
	environment map[string]string
	secret      string
	files       []initialFile
	build       *pb.BuildContext
}

type initialFile struct {
	path       string
	content    string
	executable bool
}

func decodeBuilderConfig(config *pb.Value, build *pb.BuildContext) (*builderConfig, []*pb.Diagnostic) {
	var diagnostics []*pb.Diagnostic
	d := newDecoder(config, &diagnostics)
	result := &builderConfig{
		output:      absolute(d.requiredText("output"), build),
		source:      absolute(d.text("source", ""), build),
		environment: d.texts("environment"),
		secret:      d.text("secret", ""),
		build:       build,
	}
	if base := build.GetWorkingDirectory(); result.output != "" && base != "" && contains(result.output, base) {
		d.report(errorAt(d.at("output"), "Output around the working directory", "%q cannot be made anew: it contains the folder where this runs.", result.output))
	}
	for _, block := range d.blocks("file") {
		file := initialFile{
			path:       block.requiredText("path"),
			content:    block.text("content", ""),
			executable: block.boolean("executable", false),
		}
		if isNull(block.attributes["content"]) {
			block.report(errorAt(block.at(), "Missing required argument", "The argument \"content\" is required, but no definition was found."))
		}
		if file.path != "" && !filepath.IsLocal(file.path) {
			block.report(errorAt(block.at("path"), "Path outside the machine", "The path %q must be relative and stay inside the machine's folder.", file.path))
		}
		result.files = append(result.files, file)
	}
	return result, diagnostics
}

// dataSourceConfig is the decoded configuration of the data source.
type dataSourceConfig struct {
	path      string
	pattern   string
	recursive bool
	maxFiles  int64
}

func decodeDataSourceConfig(config *pb.Value, build *pb.BuildContext) (*dataSourceConfig, []*pb.Diagnostic) {
	var diagnostics []*pb.Diagnostic
	d := newDecoder(config, &diagnostics)
	result := &dataSourceConfig{
		path:      absolute(d.requiredText("path"), build),
		pattern:   d.text("pattern", "*"),
		recursive: d.boolean("recursive", true),
		maxFiles:  d.integer("max_files", 10_000, 0, 1_000_000),
	}
	if _, err := filepath.Match(result.pattern, "x"); err != nil {
		d.report(errorAt(d.at("pattern"), "Invalid pattern", "%q is not a glob pattern.", result.pattern))
	}
	return result, diagnostics
}

// absolute makes a path of the configuration absolute. Relative ones start where the user runs the host, which need not be
// this process's own directory. Empty stays empty.
func absolute(path string, build *pb.BuildContext) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	if base := build.GetWorkingDirectory(); base != "" {
		return filepath.Join(base, path)
	}
	result, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return result
}

// contains tells whether a folder is another one or around it.
func contains(folder, other string) bool {
	relative, err := filepath.Rel(folder, other)
	return err == nil && filepath.IsLocal(relative)
}
