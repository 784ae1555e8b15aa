package main

import (
	"strconv"

	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

func textValue(text string) *pb.Value {
	return &pb.Value{Kind: &pb.Value_StringValue{StringValue: text}}
}

func numberValue(number int64) *pb.Value {
	return &pb.Value{Kind: &pb.Value_NumberValue{NumberValue: strconv.FormatInt(number, 10)}}
}

func boolValue(b bool) *pb.Value {
	return &pb.Value{Kind: &pb.Value_BoolValue{BoolValue: b}}
}

func listValue(elements []*pb.Value) *pb.Value {
	return &pb.Value{Kind: &pb.Value_ListValue{ListValue: &pb.ListValue{Elements: elements}}}
}

func objectValue(attributes map[string]*pb.Value) *pb.Value {
	return &pb.Value{Kind: &pb.Value_ObjectValue{ObjectValue: &pb.MapValue{Entries: attributes}}}
}

// isNull tells whether a value is absent. A value without a kind is null too.
func isNull(value *pb.Value) bool {
	switch value.GetKind().(type) {
	case nil, *pb.Value_NullValue:
		return true
	}
	return false
}

func isUnknown(value *pb.Value) bool {
	_, unknown := value.GetKind().(*pb.Value_UnknownValue)
	return unknown
}

// elementsOf gives the elements of a list, set or tuple.
func elementsOf(value *pb.Value) ([]*pb.Value, bool) {
	switch kind := value.GetKind().(type) {
	case *pb.Value_ListValue:
		return kind.ListValue.GetElements(), true
	case *pb.Value_SetValue:
		return kind.SetValue.GetElements(), true
	case *pb.Value_TupleValue:
		return kind.TupleValue.GetElements(), true
	}
	return nil, false
}

// entriesOf gives the entries of a map or object.
func entriesOf(value *pb.Value) (map[string]*pb.Value, bool) {
	switch kind := value.GetKind().(type) {
	case *pb.Value_MapValue:
		return kind.MapValue.GetEntries(), true
	case *pb.Value_ObjectValue:
		return kind.ObjectValue.GetEntries(), true
	}
	return nil, false
}
