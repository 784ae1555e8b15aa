package main

import (
	"fmt"

	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

// attributePath makes a path from attribute names (string) and indexes (int).
func attributePath(steps ...any) []*pb.PathStep {
	path := make([]*pb.PathStep, 0, len(steps))
	for _, step := range steps {
		switch step := step.(type) {
		case string:
			path = append(path, &pb.PathStep{Step: &pb.PathStep_Name{Name: step}})
		case int:
			path = append(path, &pb.PathStep{Step: &pb.PathStep_Index{Index: int64(step)}})
		default:
			panic(fmt.Sprintf("bug: a path step of type %T", step))
		}
	}
	return path
}

// errorAt is an error about one attribute.
func errorAt(path []*pb.PathStep, summary, format string, arguments ...any) *pb.Diagnostic {
	return &pb.Diagnostic{
		Severity: pb.Diagnostic_SEVERITY_ERROR,
		Summary:  summary,
		Detail:   fmt.Sprintf(format, arguments...),
		Path:     path,
	}
}

// failure is an error about the component as a whole, with the text of err as its detail.
func failure(summary string, err error) *pb.Diagnostic {
	return errorAt(nil, summary, "%s.", err)
}

func hasErrors(diagnostics []*pb.Diagnostic) bool {
	for _, diagnostic := range diagnostics {
		if diagnostic.GetSeverity() != pb.Diagnostic_SEVERITY_WARNING {
			return true
		}
	}
	return false
}
