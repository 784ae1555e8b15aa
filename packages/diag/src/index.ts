/**
 * Diagnostics, source ranges and the small helpers that every layer needs. Imports nothing and does no I/O.
 * Start reading at diagnostic.ts.
 */
export { hasErrors, INVALID_TEMPLATE, type AttributePath, type Diagnostic, type Outcome } from "./diagnostic.js";
export { limitDiagnostics } from "./limit-diagnostics.js";
export { formatRange, type SourcePosition, type SourceRange } from "./source-range.js";
export { isError, messageOf } from "./is-error.js";
export { systemReason } from "./system-reason.js";
export { CleanupStack } from "./cleanup-stack.js";
