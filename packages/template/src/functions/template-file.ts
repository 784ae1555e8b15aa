import {
  childContext,
  dynamicType,
  entriesOf,
  evaluate,
  FunctionError,
  isKnown,
  parseTemplateFile,
  SourceFile,
  variablesOf,
  type AnyFunction,
  type FunctionSpec,
  type FunctionTable,
  type Value,
} from "@ingot/hcl";
import { formatRange, hasErrors, type Diagnostic } from "@ingot/diag";
import { arg, param, textOf } from "./define.js";
import { decodeUtf8 } from "./base64.js";
import { readForFunction, type FileScene } from "./file-scene.js";

/** Diagnostics as one line of text, as inside another message. */
function diagnosticsText(diagnostics: readonly Diagnostic[]): string {
  const [first, ...others] = diagnostics.filter(({ severity }) => severity === "error");
  if (first === undefined) return "no diagnostics";
  const place = first.subject ? `${formatRange(first.subject)}: ` : "";
  const text = `${place}${first.summary}; ${first.detail}`;
  return others.length === 0 ? text : `${text}, and ${others.length} other diagnostic(s)`;
}

const NAME = /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u;

/** `templatefile(path, vars)`. `functions` gives the table of all functions, which templates can call. */
export function templateFileFunction(scene: FileScene, functions: () => FunctionTable): FunctionSpec {
  // The result's type depends on the whole rendering, so the type is asked for by rendering; the call that follows takes it.
  let last: { readonly path: string; readonly vars: Value; readonly result: Value } | undefined;

  const renderOnce = (path: string, vars: Value): Value => {
    if (last?.path === path && last.vars === vars) return last.result;
    const result = render(path, vars, { scene, functions: functions() });
    last = { path, vars, result };
    return result;
  };

  return {
    name: "templatefile",
    params: [param.string("path"), param.partial("vars")],
    returnType: (args) => {
      const [path, vars] = [arg(args, 0), arg(args, 1)];
      if (vars.type.kind !== "object" && vars.type.kind !== "map" && vars.type.kind !== "dynamic")
        throw new FunctionError("invalid vars value: must be a map", 1);
      if (!isKnown(path) || !isKnown(vars)) return dynamicType;
      return renderOnce(textOf(path), vars).type;
    },
    impl: (args) => {
      const result = renderOnce(textOf(arg(args, 0)), arg(args, 1));
      last = undefined; // functions such as timestamp() give something new next time
      return result;
    },
  };
}

interface Rendering {
  readonly scene: FileScene;
  readonly functions: FunctionTable;
}

function render(path: string, vars: Value, { scene, functions }: Rendering): Value {
  const bytes = readForFunction(path, scene);
  if (decodeUtf8(bytes) === undefined)
    throw new FunctionError(
      `contents of ${path} are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to obtain file hashing results instead`,
    );
  const file = new SourceFile(path, bytes);
  const parsed = parseTemplateFile(file);
  if (hasErrors(parsed.diagnostics)) throw new FunctionError(diagnosticsText(parsed.diagnostics));
  const variables = entriesOf(vars);
  checkNames(variables);
  for (const reference of variablesOf(parsed.value, file)) {
    if (variables.has(reference.name)) continue;
    const place = formatRange(reference.file.range(reference.span));
    throw new FunctionError(
      `vars map does not contain key ${JSON.stringify(reference.name)}, referenced at ${place}`,
      1,
    );
  }
  const context = childContext(
    { functions: withoutRecursion(functions), ...(scene.budget && { budget: scene.budget }) },
    variables,
  );
  const outcome = evaluate(parsed.value, file, context);
  if (hasErrors(outcome.diagnostics)) throw new FunctionError(diagnosticsText(outcome.diagnostics));
  return outcome.value;
}

function checkNames(variables: ReadonlyMap<string, Value>): void {
  for (const name of variables.keys())
    if (!NAME.test(name))
      throw new FunctionError(
        `invalid template variable name ${JSON.stringify(name)}: must start with a letter, followed by zero or more letters, digits, and underscores`,
        1,
      );
}

function withoutRecursion(functions: FunctionTable): FunctionTable {
  const refusing: AnyFunction = {
    name: "templatefile",
    params: [param.string("path"), param.any("vars")],
    returnType: () => {
      throw new FunctionError("cannot recursively call templatefile from inside templatefile call");
    },
    impl: (args) => arg(args, 0),
  };
  return new Map([...functions, ["templatefile", refusing]]);
}
