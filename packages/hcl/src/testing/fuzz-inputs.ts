import fc from "fast-check";

/** Inputs of fuzz tests: texts that may be anything, and texts that follow the grammar. */

const names = fc.constantFrom("a", "var", "local", "x", "each-1", "_b", "für", "u", "ul", "secret", "d");
const attributeNames = fc.constantFrom("a", "list", "name", "object", "id", "0", "für");
const numbers = fc.constantFrom("0", "1", "2", "3.5", "1e3", "1e-3", "12345678901234567890.125", "9e99999", "007");
const words = fc.constantFrom("true", "false", "null");
const functionNames = fc.constantFrom("upper", "tolist", "toset", "tomap", "all", "count", "fail", "nope", "ns::f");
const operators = fc.constantFrom("||", "&&", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%");
const literals = fc.oneof(
  fc.constantFrom("", "abc", "é", "e\u0301", "👩‍👩‍👧", "\\n", "\\u00e9", '\\"', "$${", "%%{", "$", "%", "~", "\\U0001F600"),
  fc.string({ maxLength: 6 }).map((text) => text.replace(/["\\$%\p{Cc}]/gu, "_")),
);

/** What expressions are made of: names and functions that a context has, and some that it lacks. */
export interface Vocabulary {
  readonly names?: readonly string[];
  readonly functions?: readonly string[];
}

/** Texts of expressions that parse. */
export function expressionTexts(vocabulary: Vocabulary = {}, maxDepth = 4): fc.Arbitrary<string> {
  const name = vocabulary.names ? fc.constantFrom(...vocabulary.names) : names;
  const call = vocabulary.functions ? fc.constantFrom(...vocabulary.functions) : functionNames;
  const simple = fc.oneof(numbers, words, name, literals.map(quoted));
  const depthIdentifier = fc.createDepthIdentifier();
  const { expression } = fc.letrec<{ expression: string; part: string }>((tie) => {
    const one = tie("expression");
    const list = (arbitrary: fc.Arbitrary<string>) => fc.array(arbitrary, { maxLength: 3, depthIdentifier });
    const item = fc
      .tuple(
        fc.oneof(name, numbers, one.map(bracketed("(", ")")), literals.map(quoted)),
        fc.constantFrom("=", ":"),
        one,
      )
      .map((parts) => parts.join(" "));
    const forIntro = fc
      .tuple(fc.constantFrom("for v in ", "for k, v in "), one)
      .map(([intro, collection]) => `${intro}${collection} : `);
    const condition = fc.option(one.map((text) => ` if ${text}`)).map((text) => text ?? "");
    return {
      part: fc.oneof(
        { maxDepth, depthIdentifier },
        literals,
        fc.tuple(fc.constantFrom("${", "${~ "), one, fc.constantFrom("}", " ~}")).map((parts) => parts.join("")),
        fc.tuple(one, tie("part"), tie("part")).map(([a, b, c]) => `%{ if ${a} }${b}%{ else }${c}%{ endif }`),
        fc.tuple(one, tie("part")).map(([a, b]) => `%{~ for v in ${a} ~}${b}%{ endfor }`),
      ),
      expression: fc.oneof(
        { maxDepth, depthIdentifier },
        simple,
        simple,
        list(tie("part")).map((parts) => quoted(parts.join(""))),
        fc.tuple(one, operators, one).map((parts) => parts.join(" ")),
        fc.tuple(fc.constantFrom("!", "-"), one).map((parts) => parts.join("")),
        one.map(bracketed("(", ")")),
        fc.tuple(one, one, one).map(([a, b, c]) => `(${a}) ? ${b} : ${c}`),
        list(one).map((elements) => `[${elements.join(", ")}]`),
        list(item).map((items) => `{${items.join(", ")}}`),
        fc.tuple(forIntro, one, condition).map((parts) => `[${parts.join("")}]`),
        fc
          .tuple(forIntro, one, one, fc.constantFrom("", "..."), condition)
          .map(([intro, key, value, dots, test]) => `{${intro}${key} => ${value}${dots}${test}}`),
        fc.tuple(call, list(one), fc.boolean()).map(([f, args, expands]) => {
          return `${f}(${args.join(", ")}${expands && args.length > 0 ? "..." : ""})`;
        }),
        fc.tuple(name, attributeNames).map(([a, b]) => `${a}.${b}`),
        fc.tuple(one, one).map(([a, b]) => `(${a})[${b}]`),
        fc
          .tuple(name, fc.constantFrom(".*", "[*]"), fc.constantFrom("", ".a", "[0]", ".id"))
          .map((all) => all.join("")),
      ),
    };
  });
  return expression;
}

/** Bodies that parse but for repeated arguments, in any layout. */
export function bodyTexts(maxDepth = 3): fc.Arbitrary<string> {
  const expression = expressionTexts({}, 2);
  const space = fc.constantFrom("", " ", "   ", "\t");
  const end = fc.constantFrom("\n", "\r\n", " # é\n", " // x\n", " /* y */\n", "\n\n");
  const depthIdentifier = fc.createDepthIdentifier();
  const { body } = fc.letrec<{ body: string; item: string }>((tie) => ({
    body: fc.array(tie("item"), { maxLength: 5, depthIdentifier }).map((items) => items.join("")),
    item: fc.oneof(
      { maxDepth, depthIdentifier },
      fc.tuple(space, names, space, fc.constant("="), space, expression, end).map((parts) => parts.join("")),
      fc
        .tuple(names, fc.constantFrom("<<", "<<-"), fc.array(literals, { maxLength: 3 }))
        .map(
          ([name, marker, lines]) => `${name} = ${marker}EOT\n${lines.map((line) => `  ${line}\n`).join("")}  EOT\n`,
        ),
      fc
        .tuple(names, fc.constantFrom("", ' "b"', ' "b" "é"', " b"), tie("body"), end)
        .map(([name, labels, inner, after]) => `${name}${labels} {\n${inner}}${after}`),
      fc.tuple(space, end).map((parts) => parts.join("")),
    ),
  }));
  return body;
}

const inserts = [
  ...['"', "${", "%{", "~}", "{", "}", "[", "]", "(", ")", "\n", "\r", "<<-E\n", "<<E\n", "=", ",", "?", ":", "*", "."],
  ...["#", "/*", "*/", "//", "\\", "\\u12", "\0", "\xff", "\xc3", "\xef\xbb\xbf", "for ", " in ", "if ", "...", "'"],
  ...["1", "1e", "-", "!", "=>", "::", "&&", "%{ if a }", "%{ endif }", "%{ endfor }", "a = 1\n", "a {", "null", "\t"],
].map((text) => Uint8Array.from(text, (character) => character.charCodeAt(0)));

/** Damaged copies of files: pieces cut out, doubled, or replaced by what means something. */
export function damagedFiles(files: readonly Uint8Array[], maxBytes = 4096): fc.Arbitrary<Uint8Array> {
  const damage = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.oneof(fc.constant(0), fc.nat(20), fc.nat(300)),
    insert: fc.option(fc.constantFrom(...inserts)),
    doubles: fc.boolean(),
  });
  return fc
    .tuple(fc.constantFrom(...files), fc.nat(), fc.array(damage, { minLength: 1, maxLength: 4 }))
    .map(([file, offset, damages]) => {
      const from = file.length > maxBytes ? offset % (file.length - maxBytes) : 0;
      let bytes = file.subarray(from, from + maxBytes);
      for (const { at, cut, insert, doubles } of damages) {
        const place = Math.floor(at * bytes.length);
        const piece = bytes.subarray(place, place + cut);
        bytes = concat([
          bytes.subarray(0, place),
          insert ?? (doubles ? concat([piece, piece]) : []),
          bytes.subarray(place + cut),
        ]);
      }
      return bytes;
    });
}

/** Texts without any plan, of characters that mean something. */
export function junk(): fc.Arbitrary<Uint8Array> {
  return fc.array(fc.constantFrom(...inserts), { maxLength: 40 }).map(concat);
}

function concat(pieces: readonly ArrayLike<number>[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => Array.from(piece)));
}

function quoted(text: string): string {
  return `"${text}"`;
}

function bracketed(open: string, close: string): (text: string) => string {
  return (text) => `${open}${text}${close}`;
}
