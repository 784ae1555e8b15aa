import { joinErrors, type LegacyError } from "./go-errors.js";
import type { LegacyTemplate, OnlyExcept } from "./legacy-template.js";

/** Checks what a document says about its builders. Undefined: all is well. */
export function validateDocument(template: LegacyTemplate): LegacyError | undefined {
  const { builders, provisioners, postProcessors } = template;
  const errors: string[] = [];
  if (builders.size === 0) errors.push("at least one builder must be defined");
  provisioners.forEach((provisioner, index) => {
    const problems = [
      ...onlyExceptProblems(provisioner, template),
      ...[...provisioner.override.keys()].flatMap((name) =>
        builders.has(name) ? [] : [`override '${name}' doesn't exist`],
      ),
    ];
    errors.push(...problems.map((problem) => `provisioner ${index + 1}: ${problem}`));
  });
  postProcessors.forEach((chain, row) => {
    chain.forEach((one, column) => {
      const problems = onlyExceptProblems(one, template);
      errors.push(...problems.map((problem) => `post-processor ${row + 1}.${column + 1}: ${problem}`));
    });
  });
  return joinErrors(errors);
}

function onlyExceptProblems({ only, except }: OnlyExcept, { builders }: LegacyTemplate): readonly string[] {
  if (only.length > 0 && except.length > 0) return ["only one of 'only' or 'except' may be specified"];
  const missing = (names: readonly string[], key: string): readonly string[] =>
    names.flatMap((name) => (builders.has(name) ? [] : [`'${key}' specified builder '${name}' not found`]));
  return [...missing(only, "only"), ...missing(except, "except")];
}
