"""Messages for the user."""

from ingot.plugin.v1.diagnostic_pb2 import Diagnostic, PathStep


class UserError(Exception):
    """A mistake of the user, or trouble with the world: something to explain, not a defect of this plugin."""

    def __init__(self, summary: str, detail: str, *path: str | int):
        super().__init__(detail)
        self.diagnostic = error(summary, detail, *path)


def error(summary: str, detail: str, *path: str | int) -> Diagnostic:
    """An error. The path has attribute names, and indexes from 0 into nested blocks and lists."""
    return Diagnostic(
        severity=Diagnostic.SEVERITY_ERROR,
        summary=summary,
        detail=detail,
        path=[PathStep(index=step) if isinstance(step, int) else PathStep(name=step) for step in path],
    )


def has_errors(diagnostics) -> bool:
    return any(diagnostic.severity != Diagnostic.SEVERITY_WARNING for diagnostic in diagnostics)
