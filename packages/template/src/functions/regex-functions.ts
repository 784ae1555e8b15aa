import {
  dynamicType,
  FunctionError,
  listType,
  listValue,
  nullValue,
  objectType,
  objectValue,
  stringType,
  stringValue,
  tupleType,
  tupleValue,
  type FunctionSpec,
  type Type,
  type Value,
} from "@ingot/hcl";
import type { Matcher, RE2JS } from "re2js";
import { arg, param, textOf } from "./define.js";
import type { FunctionLibraries } from "./function-libraries.js";

/** A compiled pattern and the shape of what it captures. */
interface Pattern {
  readonly regex: RE2JS;
  readonly groupNames: readonly (string | undefined)[];
  readonly resultType: Type;
}

interface SyntaxProblem {
  readonly reason: string;
  readonly fragment: string;
}

/** The functions of regular expressions, in RE2's language. */
export function regexFunctions(libraries: FunctionLibraries): readonly FunctionSpec[] {
  const patterns = new Map<string, Pattern>();

  const compile = (text: string): RE2JS => {
    if (libraries.re2 === undefined) throw new Error("bug: the regular expression library was not loaded");
    return libraries.re2.compile(text);
  };

  const patternOf = (text: string): Pattern => {
    const known = patterns.get(text);
    if (known) return known;
    let regex: RE2JS;
    try {
      regex = compile(text);
    } catch (error) {
      const { reason, fragment } = syntaxProblem(error);
      throw new FunctionError(`invalid regexp pattern: ${reason} in ${fragment}`, 0);
    }
    const pattern = { regex, ...shapeOf(regex) };
    patterns.set(text, pattern);
    return pattern;
  };

  const typeFor = (args: readonly Value[]): Type => {
    const { raw } = arg(args, 0);
    return typeof raw === "string" ? patternOf(raw).resultType : dynamicType;
  };

  return [
    {
      name: "regex",
      params: [param.string("pattern"), param.string("string")],
      returnType: typeFor,
      impl: (args) => {
        const pattern = patternOf(textOf(arg(args, 0)));
        const matcher = pattern.regex.matcher(textOf(arg(args, 1)));
        if (!matcher.find()) throw new FunctionError("pattern did not match any part of the given string");
        return captureOf(pattern, matcher);
      },
    },
    {
      name: "regexall",
      params: [param.string("pattern"), param.string("string")],
      returnType: (args) => listType(typeFor(args)),
      impl: (args) => {
        const pattern = patternOf(textOf(arg(args, 0)));
        const results: Value[] = [];
        eachMatch(pattern.regex, textOf(arg(args, 1)), (matcher) => results.push(captureOf(pattern, matcher)));
        return listValue(pattern.resultType, results);
      },
    },
    {
      name: "regex_replace",
      params: [param.string("str"), param.string("pattern"), param.string("replace")],
      returnType: stringType,
      impl: (args) => {
        const [text, pattern, replacement] = [0, 1, 2].map((index) => textOf(arg(args, index))) as [
          string,
          string,
          string,
        ]; // three indexes give three texts
        let regex: RE2JS;
        try {
          regex = compile(pattern);
        } catch (error) {
          const { reason, fragment } = syntaxProblem(error);
          throw new FunctionError(`error parsing regexp: ${reason}: \`${fragment}\``);
        }
        return stringValue(replaceAll(regex, text, replacement));
      },
    },
  ];
}

function syntaxProblem(error: unknown): SyntaxProblem {
  // The library's own error class, which it doesn't export in all builds.
  const problem = error as { readonly error?: unknown; readonly input?: unknown };
  if (typeof problem.error !== "string") throw error;
  return { reason: problem.error, fragment: typeof problem.input === "string" ? problem.input : "" };
}

function shapeOf(regex: RE2JS): Pick<Pattern, "groupNames" | "resultType"> {
  const named = Object.entries(regex.namedGroups());
  const count = regex.groupCount();
  const groupNames = Array.from({ length: count }, (_, index) => named.find(([, at]) => at === index + 1)?.[0]);
  if (count === 0) return { groupNames, resultType: stringType };
  if (named.length === 0) return { groupNames, resultType: tupleType(Array.from({ length: count }, () => stringType)) };
  if (named.length < count)
    throw new FunctionError("invalid regexp pattern: cannot mix both named and unnamed capture groups", 0);
  return { groupNames, resultType: objectType(new Map(named.map(([name]) => [name, stringType]))) };
}

function captureOf(pattern: Pattern, matcher: Matcher): Value {
  const group = (index: number): Value => {
    const text = matcher.group(index);
    return text === null ? nullValue(stringType) : stringValue(text);
  };
  if (pattern.groupNames.length === 0) return group(0);
  const captures = pattern.groupNames.map((_, index) => group(index + 1));
  if (pattern.groupNames[0] === undefined) return tupleValue(captures);
  return objectValue(
    new Map(pattern.groupNames.map((name, index) => [name ?? "", captures[index] ?? nullValue(stringType)])),
  );
}

/** Visits all matches from left to right. An empty match right after another match does not count. */
function eachMatch(regex: RE2JS, text: string, visit: (matcher: Matcher) => void): void {
  const matcher = regex.matcher(text);
  let previousEnd = -1;
  while (matcher.find()) {
    const isEmptyAfterMatch = matcher.start() === matcher.end() && matcher.start() === previousEnd;
    previousEnd = matcher.end();
    if (!isEmptyAfterMatch) visit(matcher);
  }
}

/** `$$`, `$name` and `${name}` in a replacement. */
const REFERENCE = /\$(\$|\{[A-Za-z0-9_]+\}|[A-Za-z0-9_]+)/g;

const MOST_CHARACTERS = 64 * 1024 * 1024;

function replaceAll(regex: RE2JS, text: string, replacement: string): string {
  const parts = replacementParts(regex, replacement);
  let out = "";
  let at = 0;
  eachMatch(regex, text, (matcher) => {
    out += text.slice(at, matcher.start());
    const groups: string[] = [];
    for (const part of parts) out += typeof part === "string" ? part : (groups[part] ??= matcher.group(part) ?? "");
    at = matcher.end();
    if (out.length > MOST_CHARACTERS) throw new FunctionError("the result would be too long");
  });
  return out + text.slice(at);
}

/** A replacement in pieces: texts, and the numbers of groups. */
function replacementParts(regex: RE2JS, replacement: string): readonly (string | number)[] {
  const names = regex.namedGroups() as Readonly<Record<string, number>>;
  const parts: (string | number)[] = [];
  let at = 0;
  for (const { 0: whole, 1: reference = "", index: start } of replacement.matchAll(REFERENCE)) {
    if (start > at) parts.push(replacement.slice(at, start));
    at = start + whole.length;
    if (reference === "$") {
      parts.push("$");
      continue;
    }
    const name = reference.replace(/[{}]/g, "");
    const group = /^[0-9]+$/.test(name) ? Number(name) : names[name];
    if (group !== undefined && group <= regex.groupCount()) parts.push(group);
  }
  if (at < replacement.length) parts.push(replacement.slice(at));
  return parts;
}
