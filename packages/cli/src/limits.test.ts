import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { Workplace, type Finished } from "./testing/run-ingot.js";

// Small templates that would take all the time, all the memory or all the screen. Each has to end in an ordinary error.

const MOST_CPU_MS = 20_000;
/** A busy computer may need several times as long. */
const MOST_TIME_MS = 100_000;
/** Of the kernel's clock in /proc. */
const TICK_MS = 10;
const MOST_MEMORY_KIB = 1024 * 1024;
const MOST_OUTPUT = 1_000_000;

const BUILD = 'source "null" "a" {\n  communicator = "none"\n}\nbuild {\n  sources = ["source.null.a"]\n}\n';
const LIMIT = "Evaluation limit reached";

const lines = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join("\n");
const local = (expression: string): string => `locals {\n  x = ${expression}\n}\n${BUILD}`;
/** Locals each of which uses the one before it twice. */
const doubling = (start: string, next: (previous: string) => string, count = 60): string =>
  `locals {\n  a0 = ${start}\n${lines(count, (index) => `  a${index + 1} = ${next(`local.a${index}`)}`)}\n}\n${BUILD}`;
const doublingVariables = new Map([["a0", "aaaaaaaaaa"]]);
for (let at = 0; at < 60; at++) doublingVariables.set(`a${at + 1}`, `{{user \`a${at}\`}}{{user \`a${at}\`}}`);
const MANY = 'join("", [for i in range(1000) : "aaaaaaaaaa"])';
const yamlBomb = [
  "a: &a [x,x,x,x,x,x,x,x,x,x]",
  ...Array.from(
    "bcdefghij",
    (name, index) =>
      `${name}: &${name} [${Array(10)
        .fill(`*${"abcdefghij"[index] ?? ""}`)
        .join(",")}]`,
  ),
].join("\\n");

interface Case {
  readonly name: string;
  readonly template: string;
  readonly says: string;
  /** Default: `main.pkr.hcl`. */
  readonly file?: string;
}

const cases: readonly Case[] = [
  { name: "texts that double", template: doubling('"aaaaaaaaaa"', (last) => `"\${${last}}\${${last}}"`), says: LIMIT },
  { name: "lists that double", template: doubling("[1]", (last) => `concat(${last}, ${last})`), says: LIMIT },
  {
    name: "objects that double in a conditional",
    template: doubling("{ k = 1 }", (last) => `true ? { k = ${last}, l = ${last} } : { k = ${last}, l = ${last} }`),
    says: LIMIT,
  },
  {
    name: "JSON of JSON",
    template: doubling('["\\u0001\\u0001"]', (last) => `[${last}, ${last}]`, 20).replace(
      "\n}\n",
      "\n  b = jsonencode(local.a20)\n  c = jsonencode(local.b)\n  d = jsonencode(local.c)\n  e = jsonencode(local.d)\n  f = jsonencode(local.e)\n  g = jsonencode(local.f)\n}\n",
    ),
    says: LIMIT,
  },
  {
    name: "loops inside loops",
    template: local("[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a + b + c]]]"),
    says: LIMIT,
  },
  {
    name: "loops inside loops of a template",
    template: local(
      '"%{ for a in range(1000) }%{ for b in range(1000) }%{ for c in range(1000) }${c}%{ endfor }%{ endfor }%{ endfor }"',
    ),
    says: LIMIT,
  },
  {
    name: "products of sets",
    template: local("setproduct(range(1000), range(1000), range(1000), range(1000))"),
    says: "Error in function call",
  },
  {
    name: "unions of sets",
    template: local('setunion([for i in range(1000) : [for j in range(1000) : "${i}-${j}"]]...)'),
    says: LIMIT,
  },
  { name: "wide formats", template: local('format("%1000000000s", "a")'), says: "Error in function call" },
  {
    name: "long replacements",
    template: local(`replace(${MANY}, "a", ${MANY})`),
    says: "the result would be too long",
  },
  {
    name: "nested repetitions",
    template: local('regexall("((((a{1,100}){1,100}){1,100}){1,100})", "aaaaaaa")'),
    says: "invalid repeat count",
  },
  { name: "aliases of aliases", template: local(`yamldecode("${yamlBomb}\\n")`), says: LIMIT },
  { name: "deep YAML", template: local(`yamldecode("${"[".repeat(5000)}")`), says: "nests too deep" },
  { name: "deep JSON", template: local(`jsondecode("${"[".repeat(10_000)}")`), says: "Error in function call" },
  { name: "costly hashes", template: local('[for i in range(1000) : bcrypt("a", 14)]'), says: "Error" },
  { name: "a hash that takes days", template: local('bcrypt("a", 31)'), says: "cost 31 would take too long" },
  { name: "deep brackets", template: local(`${"[".repeat(10_000)}1${"]".repeat(10_000)}`), says: "Nesting too deep" },
  { name: "deep blocks", template: "a {\n".repeat(10_000), says: "Nesting too deep" },
  { name: "deep JSON syntax", template: '{"a":['.repeat(10_000), says: "Nesting too deep", file: "main.pkr.json" },
  {
    name: "a hundred thousand bad lines",
    template: "= 1 +\n".repeat(100_000),
    says: "Argument or block definition required",
  },
  {
    name: "a hundred thousand unknown names",
    template: `locals {\n${lines(100_000, (index) => `  x${index} = nope`)}\n}\n${BUILD}`,
    says: "Unknown variable",
  },
  {
    name: "ten thousand sources of no kind",
    template: `${BUILD.replace('["source.null.a"]', `[${Array.from({ length: 10_000 }, (_, index) => `"source.nope.a${index}"`).join(", ")}]`)}`,
    says: "Unknown source",
  },
  {
    name: "blocks from a product of sets",
    template: BUILD.replace(
      '"]\n}',
      '"]\n  dynamic "provisioner" {\n    for_each = setproduct(range(1000), range(1000))\n    labels   = ["shell-local"]\n    content {\n      inline = ["a"]\n    }\n  }\n}',
    ),
    says: LIMIT,
  },
  {
    name: "variables that double",
    template: JSON.stringify({
      variables: Object.fromEntries(doublingVariables),
      builders: [{ type: "file", target: "out", content: "{{user `a60`}}" }],
    }),
    says: "larger than 64 MiB",
    file: "main.json",
  },
  {
    name: "a huge file",
    template: `${'variable "v" {\n  default = "some text of a value"\n}\n'.repeat(500_000)}`,
    says: "Configuration too large",
  },
];

test.each(cases)(
  "$name",
  async ({ template, says, file = "main.pkr.hcl" }) => {
    await using place = await Workplace.make({ [file]: template });
    const { finished, memoryKib, cpuMs } = await validate(place, file);
    const text = finished.stdout + finished.stderr;
    expect(text.slice(0, 2_000).replaceAll(/\s+/g, " ")).toContain(says);
    expect(text).not.toMatch(/mistake in Ingot|call stack|RangeError|\bat .*\.js:/);
    expect(finished.status).toBe(1);
    expect(text.length).toBeLessThan(MOST_OUTPUT);
    expect(memoryKib).toBeLessThan(MOST_MEMORY_KIB);
    expect(cpuMs).toBeLessThan(MOST_CPU_MS);
  },
  MOST_TIME_MS + 10_000,
);

/** Runs `ingot validate` and watches how much memory and processor time it takes, where the system tells that. */
async function validate(
  place: Workplace,
  file: string,
): Promise<{ readonly finished: Finished; readonly memoryKib: number; readonly cpuMs: number }> {
  const { child, finished } = place.start(["validate", file]);
  let [memoryKib, cpuMs] = [0, 0];
  const look = async (): Promise<void> => {
    const read = (name: string): Promise<string> => readFile(`/proc/${child.pid}/${name}`, "utf8").catch(() => "");
    const [status, stat] = await Promise.all([read("status"), read("stat")]);
    memoryKib = Math.max(memoryKib, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
    const [user = "0", system = "0"] = stat.replace(/^.*\)/s, "").split(" ").slice(12);
    cpuMs = Math.max(cpuMs, (Number(user) + Number(system)) * TICK_MS);
  };
  const watch = setInterval(() => void look(), 50); // it never rejects
  const kill = setTimeout(() => child.kill("SIGKILL"), MOST_TIME_MS);
  try {
    const end = await finished;
    return { finished: end, memoryKib, cpuMs };
  } finally {
    clearInterval(watch);
    clearTimeout(kill);
  }
}
