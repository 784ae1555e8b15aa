"""Between the protocol's values and Python's."""

from decimal import Decimal

from ingot.plugin.v1.value_pb2 import Type, Value


class Unknown:
    """Stands for a value that is not known yet; occurs only in instances that never run."""


UNKNOWN = Unknown()


def to_python(value: Value):
    """None, bool, Decimal, str, bytes, list, dict, or UNKNOWN. Marks get lost: the schema says what is secret."""
    kind = value.WhichOneof("kind")
    match kind:
        case None | "null_value":
            return None
        case "unknown_value":
            return UNKNOWN
        case "number_value":
            return Decimal(value.number_value)
        case "list_value" | "set_value" | "tuple_value":
            return [to_python(element) for element in getattr(value, kind).elements]
        case "map_value" | "object_value":
            return {key: to_python(entry) for key, entry in getattr(value, kind).entries.items()}
        case _:
            return getattr(value, kind)


def text_value(text: str) -> Value:
    return Value(string_value=text)


TEXT = Type(kind=Type.KIND_STRING)
NUMBER = Type(kind=Type.KIND_NUMBER)
TEXT_MAP = Type(kind=Type.KIND_MAP, element=TEXT)
