package main

import (
	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

var (
	textType   = &pb.Type{Kind: pb.Type_KIND_STRING}
	numberType = &pb.Type{Kind: pb.Type_KIND_NUMBER}
	boolType   = &pb.Type{Kind: pb.Type_KIND_BOOL}
)

var builderSchema = &pb.Schema{
	Attributes: map[string]*pb.Attribute{
		"output": {
			Type:        textType,
			Required:    true,
			Description: "The folder to make. It must not exist, unless `-force` is given.",
		},
		"source": {
			Type:        textType,
			Description: "A folder whose content is copied into the machine at the start.",
		},
		"environment": {
			Type:         &pb.Type{Kind: pb.Type_KIND_MAP, Element: textType},
			DefaultValue: &pb.Value{Kind: &pb.Value_MapValue{MapValue: &pb.MapValue{}}},
			Description:  "Variables that each command on the machine gets.",
		},
		"secret": {
			Type:        textType,
			Sensitive:   true,
			Description: "A secret that commands find in the variable `FOLDER_SECRET`. It is never shown.",
		},
	},
	Blocks: map[string]*pb.NestedBlock{
		"file": {
			Nesting:     pb.NestedBlock_NESTING_LIST,
			Description: "A file that the machine has from the start.",
			Schema: &pb.Schema{Attributes: map[string]*pb.Attribute{
				"path":       {Type: textType, Required: true, Description: "Where the file goes, relative to the machine's folder."},
				"content":    {Type: textType, Required: true, Description: "The text of the file."},
				"executable": {Type: boolType, DefaultValue: boolValue(false), Description: "Whether the file can be run."},
			}},
		},
	},
}

var dataSourceSchema = &pb.Schema{
	Attributes: map[string]*pb.Attribute{
		"path":      {Type: textType, Required: true, Description: "The folder to list."},
		"pattern":   {Type: textType, DefaultValue: textValue("*"), Description: "Lists only files whose base name matches this glob pattern."},
		"recursive": {Type: boolType, DefaultValue: boolValue(true), Description: "Whether folders inside the folder are listed too."},
		"max_files": {Type: numberType, DefaultValue: numberValue(10_000), Description: "More files than this are an error. At most 1000000."},
	},
}

var dataSourceOutput = &pb.Schema{
	Attributes: map[string]*pb.Attribute{
		"path": {Type: textType, Description: "The folder's absolute path."},
		"files": {
			Type: &pb.Type{Kind: pb.Type_KIND_LIST, Element: &pb.Type{
				Kind:       pb.Type_KIND_OBJECT,
				Attributes: map[string]*pb.Type{"path": textType, "size_bytes": numberType, "sha256": textType},
			}},
			Description: "The regular files in the order of their paths, which are relative to the folder and have forward slashes.",
		},
		"total_bytes": {Type: numberType, Description: "The sum of the sizes."},
	},
}

var description = &pb.DescribeResponse{
	Name:    pluginName,
	Version: pluginVersion,
	Components: []*pb.ComponentDescription{
		{
			Kind:          pb.ComponentKind_COMPONENT_KIND_BUILDER,
			Name:          "folder",
			Summary:       "Builds a folder of files: the machine is a private folder of this computer.",
			Config:        builderSchema,
			GeneratedData: []string{"Path"},
			ResourceKinds: []string{resourceKind},
		},
		{
			Kind:    pb.ComponentKind_COMPONENT_KIND_DATA_SOURCE,
			Name:    "folder",
			Summary: "Lists the files of a folder with their sizes and SHA-256 sums.",
			Config:  dataSourceSchema,
			Output:  dataSourceOutput,
		},
	},
}
