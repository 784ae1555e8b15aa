// Builds a template from a Node program: node build.mjs TEMPLATE. Ctrl-C cancels, and waits for the clean-up.
import { openTemplate, TemplateError } from "ingot";

const controller = new AbortController();
process.once("SIGINT", () => controller.abort(new Error("interrupted")));

try {
  const template = await openTemplate(process.argv[2] ?? ".", {
    variables: { greeting: "hello" },
    signal: controller.signal,
  });
  try {
    console.log(`builds: ${template.builds.join(", ")}`);
    const watching = watch(template.events());
    for (const { name, artifacts, error } of await template.build()) {
      console.log(
        error === undefined ? `${name}: ${artifacts.map(({ id }) => id).join(", ")}` : `${name} failed: ${error}`,
      );
      if (error !== undefined) process.exitCode = 1;
    }
    await template[Symbol.asyncDispose](); // ends the events, too
    await watching;
  } finally {
    await template[Symbol.asyncDispose]();
  }
} catch (error) {
  if (!(error instanceof TemplateError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** Shows some of what happens; docs/events.md has all of it. */
async function watch(events) {
  for await (const event of events) {
    if (event.type === "ui") console.log(`  ${event.text}`);
    if (event.type === "step-finished") console.log(`  ${event.component}: ${event.outcome}`);
  }
}
