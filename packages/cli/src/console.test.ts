import { describe, expect, test } from "@jest/globals";
import { completions } from "./commands/console/completions.js";
import { Workplace, type Finished } from "./testing/run-ingot.js";

const TEMPLATE = `
variable "name" { default = "x" }
variable "password" {
  default   = "hunter2"
  sensitive = true
}
data "null" "d" { input = "from data" }
locals {
  up    = upper(var.name)
  given = data.null.d.output
}
`;

/** Pipes a text into a console. */
async function pipe(input: string, args: readonly string[] = [], files = {}): Promise<Finished> {
  await using place = await Workplace.make(files);
  const running = place.start(["console", ...args]);
  running.child.stdin?.end(input);
  return await running.finished;
}

describe("ingot console, with its input from a pipe", () => {
  test("prints the value of the last line", async () => {
    const { stdout, status } = await pipe("var.name\n{ a = [1, null], b = local.up }\n", ["."], {
      "main.pkr.hcl": TEMPLATE.replace(/data "null".*\n|.*given.*\n/g, ""),
    });
    expect(stdout).toBe('{\n  "a" = [\n    1,\n    null,\n  ]\n  "b" = "X"\n}\n');
    expect(status).toBe(0);
  });

  test("evaluates in sequence when told to, which has an end at ten levels", async () => {
    const chain = Array.from({ length: 14 }, (_, at) => `  a${at} = local.a${at + 1}\n`).join("");
    const files = { "main.pkr.hcl": `locals {\n${chain}  a14 = 7\n}\n` };
    expect((await pipe("local.a0", ["."], files)).stdout).toBe("7\n");
    expect((await pipe("local.a0", ["-use-sequential-evaluation", "."], files)).stdout).not.toContain("7");
  });

  test("runs the template's data sources, and masks secrets", async () => {
    const { stdout, status } = await pipe('"${local.given}, ${var.password}"\n', ["."], { "main.pkr.hcl": TEMPLATE });
    expect(stdout).toBe("from data, <sensitive>\n");
    expect(status).toBe(0);
  });

  test.each(['yamldecode("a: 1").a', 'length(regexall("a", "a"))', 'length(bcrypt("x", 4)) / 60'])(
    "has what %s needs in the bundle",
    async (line) => expect((await pipe(line, ["-config-type=hcl2"])).stdout).toBe("1\n"),
  );

  test("goes on after an error, which decides the status", async () => {
    const { stdout, status } = await pipe("nope\n1 + 1\n", ["-config-type=hcl2"]);
    expect(stdout).toBe(
      'Error: Unknown variable\n\n  on <console-input> line 1:\n  (source code not available)\n\nThere is no variable named "nope".\n\n\n2\n',
    );
    expect(status).toBe(1);
  });

  test("shows all variables and locals, with values from the command line", async () => {
    const { stdout } = await pipe("variables", ["-var", "name=y", "."], { "main.pkr.hcl": TEMPLATE });
    expect(stdout).toBe(
      '> input-variables:\n\nvar.name: "y"\nvar.password: "<sensitive>"\n\n> local-variables:\n\nlocal.given: "from data"\nlocal.up: "Y"\n\n',
    );
  });

  test("reports a template that can't be read", async () => {
    const { stdout, status } = await pipe("1", ["."], { "main.pkr.hcl": "locals {" });
    expect(stdout).toContain("Error: Unclosed configuration block");
    expect(status).toBe(1);
  });

  test("renders texts as JSON templates do when there is no HCL", async () => {
    const legacy = { "t.json": '{"variables": {"a": "b"}, "builders": [{"type": "null"}]}' };
    expect((await pipe("1+1 {{user `a`}}", ["t.json"], legacy)).stdout).toBe("1+1 b\n");
    const wrong = await pipe("{{nope}}");
    expect(wrong.stdout).toBe('???????: Interpolation error\n\ntemplate: root:1: function "nope" not defined\n\n\n\n');
    expect(wrong.status).toBe(0);
  });

  test("waits for functions that ask servers, and wraps what is wrong", async () => {
    const legacy = {
      "t.json": '{"variables": {"a": "{{consul_key `x`}}"}, "builders": [{"type": "null", "communicator": "none"}]}',
    };
    await using place = await Workplace.make(legacy);
    const { stdout, status } = await place.run(["validate", "t.json"], { CONSUL_HTTP_ADDR: "127.0.0.1:1" });
    expect(stdout).toContain("error reading consul key: connect ECONNREFUSED 127.0.0.1:1");
    expect(status).toBe(1);
    expect((await pipe("{{consul_key `x`}}", ["t.json"], legacy)).stdout).toContain(
      "error calling\nconsul_key: consul_key is not allowed here\n",
    );
  });

  test("an empty name is none", async () => {
    expect((await pipe("1 + 1", ["-config-type=hcl2", ""], { "main.pkr.hcl": "x {" })).stdout).toBe("2\n");
  });

  test("gives machines the result as a message", async () => {
    const { stdout } = await pipe("1", ["-machine-readable", "-config-type=hcl2"]);
    expect(stdout).toMatch(/^\d+,,ui,message,1\n$/);
  });
});

test("on a terminal, answers every line until the user leaves", async () => {
  await using place = await Workplace.make({ "main.pkr.hcl": TEMPLATE.replace(/data "null".*\n|.*given.*\n/g, "") });
  const { child, said, finished } = place.start([], { TERM: "dumb" }, [
    "script",
    "-qec",
    `${Workplace.command} console .`,
    "/dev/null",
  ]);
  await said("> ");
  child.stdin?.write("1 + 1\n");
  await said("2\r\n> ");
  child.stdin?.write("nope\n");
  await said('There is no variable named "nope".');
  child.stdin?.write("local.up\n");
  await said("X\r\n");
  child.stdin?.write("exit\n");
  expect((await finished).status).toBe(0);
});

test.each([
  { typed: "upp", words: ["upper(", "var.name"], want: [["upper("], "upp"] },
  { typed: "upper(var.", words: ["upper(", "var.b", "var.a"], want: [["var.a", "var.b"], "var."] },
  { typed: "1 + ", words: ["upper("], want: [[], ""] },
])("completes $typed", ({ typed, words, want }) => expect(completions(typed, words)).toEqual(want));
