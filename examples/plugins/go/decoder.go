package main

import (
	"math/big"
	"sort"

	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

// decoder reads one object of the configuration and collects what is wrong with it. Unknown values, which only occur when
// the instance will never run, read as the default and are not complained about.
type decoder struct {
	attributes  map[string]*pb.Value
	prefix      []*pb.PathStep
	diagnostics *[]*pb.Diagnostic
}

func newDecoder(object *pb.Value, diagnostics *[]*pb.Diagnostic, prefix ...any) *decoder {
	attributes, _ := entriesOf(object)
	return &decoder{attributes: attributes, prefix: attributePath(prefix...), diagnostics: diagnostics}
}

func (d *decoder) at(steps ...any) []*pb.PathStep {
	return append(append([]*pb.PathStep{}, d.prefix...), attributePath(steps...)...)
}

func (d *decoder) report(diagnostic *pb.Diagnostic) {
	*d.diagnostics = append(*d.diagnostics, diagnostic)
}

func (d *decoder) wrongType(want string, steps ...any) {
	d.report(errorAt(d.at(steps...), "Incorrect attribute value type", "This must be %s.", want))
}

// known gives the attribute's value. False: it is null or unknown.
func (d *decoder) known(name string) (*pb.Value, bool) {
	value := d.attributes[name]
	return value, !isNull(value) && !isUnknown(value)
}

func (d *decoder) text(name, fallback string) string {
	value, ok := d.known(name)
	if !ok {
		return fallback
	}
	kind, ok := value.GetKind().(*pb.Value_StringValue)
	if !ok {
		d.wrongType("a string", name)
		return fallback
	}
	return kind.StringValue
}

// requiredText reads a string that must be there and must not be empty.
func (d *decoder) requiredText(name string) string {
	value := d.attributes[name]
	if isUnknown(value) {
		return ""
	}
	if isNull(value) {
		d.report(errorAt(d.at(), "Missing required argument", "The argument %q is required, but no definition was found.", name))
		return ""
	}
	before := len(*d.diagnostics)
	text := d.text(name, "")
	if text == "" && len(*d.diagnostics) == before {
		d.report(errorAt(d.at(name), "Empty argument", "The argument %q must not be empty.", name))
	}
	return text
}

func (d *decoder) boolean(name string, fallback bool) bool {
	value, ok := d.known(name)
	if !ok {
		return fallback
	}
	kind, ok := value.GetKind().(*pb.Value_BoolValue)
	if !ok {
		d.wrongType("a bool", name)
		return fallback
	}
	return kind.BoolValue
}

// integer reads a whole number from least to greatest.
func (d *decoder) integer(name string, fallback, least, greatest int64) int64 {
	value, ok := d.known(name)
	if !ok {
		return fallback
	}
	kind, ok := value.GetKind().(*pb.Value_NumberValue)
	if !ok {
		d.wrongType("a number", name)
		return fallback
	}
	number, ok := new(big.Rat).SetString(kind.NumberValue)
	if !ok || !number.IsInt() || number.Cmp(big.NewRat(least, 1)) < 0 || number.Cmp(big.NewRat(greatest, 1)) > 0 {
		d.report(errorAt(d.at(name), "Number out of range", "%q must be a whole number from %d to %d.", name, least, greatest))
		return fallback
	}
	return number.Num().Int64()
}

// texts reads a map of strings.
func (d *decoder) texts(name string) map[string]string {
	result := map[string]string{}
	value, ok := d.known(name)
	if !ok {
		return result
	}
	entries, ok := entriesOf(value)
	if !ok {
		d.wrongType("a map of string", name)
		return result
	}
	keys := make([]string, 0, len(entries))
	for key := range entries {
		keys = append(keys, key)
	}
	sort.Strings(keys) // so that messages come in the same order each time
	for _, key := range keys {
		switch kind := entries[key].GetKind().(type) {
		case *pb.Value_StringValue:
			result[key] = kind.StringValue
		case *pb.Value_UnknownValue:
		default:
			d.wrongType("a string", name, key)
		}
	}
	return result
}

// blocks gives a decoder for each nested block of one type.
func (d *decoder) blocks(name string) []*decoder {
	value, ok := d.known(name)
	if !ok {
		return nil
	}
	elements, ok := elementsOf(value)
	if !ok {
		d.wrongType("a list of blocks", name)
		return nil
	}
	decoders := make([]*decoder, 0, len(elements))
	for index, element := range elements {
		attributes, _ := entriesOf(element)
		decoders = append(decoders, &decoder{attributes: attributes, prefix: d.at(name, index), diagnostics: d.diagnostics})
	}
	return decoders
}
