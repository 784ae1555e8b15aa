"""Reads a configuration and collects what is wrong with it."""

from decimal import Decimal

from .diagnostics import error
from .values import UNKNOWN, to_python


class Decoder:
    """One object of a configuration. Unknown values read as the default and are not complained about."""

    def __init__(self, attributes: dict, diagnostics: list, *prefix: str | int):
        self._attributes = attributes
        self._diagnostics = diagnostics
        self._prefix = prefix

    def report(self, summary: str, detail: str, *path: str | int) -> None:
        self._diagnostics.append(error(summary, detail, *self._prefix, *path))

    def is_set(self, name: str) -> bool:
        return self._attributes.get(name) is not None

    def is_known(self, name: str) -> bool:
        return self._attributes.get(name) is not UNKNOWN

    def text(self, name: str, default: str = "", *, required: bool = False) -> str:
        value = self._attributes.get(name)
        if value is UNKNOWN:
            return default
        if value is None:
            if required:
                self.report("Missing required argument", f'The argument "{name}" is required, but no definition was found.')
            return default
        if not isinstance(value, str):
            self.report("Incorrect attribute value type", "This must be a string.", name)
            return default
        if required and not value:
            self.report("Empty argument", f'The argument "{name}" must not be empty.', name)
        return value

    def integer(self, name: str, default: int, least: int, greatest: int) -> int:
        value = self._attributes.get(name)
        if value is None or value is UNKNOWN:
            return default
        if not isinstance(value, Decimal) or value != value.to_integral_value() or not least <= value <= greatest:
            self.report("Number out of range", f'"{name}" must be a whole number from {least} to {greatest}.', name)
            return default
        return int(value)

    def texts(self, name: str) -> dict[str, str]:
        value = self._attributes.get(name)
        if value is None or value is UNKNOWN:
            return {}
        if not isinstance(value, dict):
            self.report("Incorrect attribute value type", "This must be a map of string.", name)
            return {}
        result = {}
        for key, entry in sorted(value.items()):
            if isinstance(entry, str):
                result[key] = entry
            elif entry is not UNKNOWN:
                self.report("Incorrect attribute value type", "This must be a string.", name, key)
        return result

    def blocks(self, name: str) -> list["Decoder"]:
        value = self._attributes.get(name)
        if not isinstance(value, list):
            return []
        return [Decoder(block, self._diagnostics, *self._prefix, name, index) for index, block in enumerate(value)]


def decoder_of(config, diagnostics: list) -> Decoder:
    """A decoder for the configuration of a Prepare request."""
    return Decoder(to_python(config) or {}, diagnostics)
