import type { BuildBlock } from "@ingot/template";

/** The builds of a template with their sources, provisioners and post-processors. */
export function buildListText(builds: readonly BuildBlock[]): string {
  return `> builds:\n${builds.map((build, at) => buildText(build, at)).join("")}`;
}

function buildText({ name, description, uses, provisioners, chains }: BuildBlock, at: number): string {
  const sources = uses.map(({ type, localName }) => `\n      ${type}.${localName}\n`);
  const steps = provisioners.map((one) => `      ${stepName(one)}\n`);
  const postProcessors = chains.map(
    (chain, chainAt) => `\n      ${chainAt}:\n${chain.map((one) => `        ${stepName(one)}\n`).join("")}`,
  );
  return [
    `\n  > ${name === "" ? `<unnamed build ${at}>` : name}:\n`,
    description === "" ? "" : `\n  > Description: ${description}\n`,
    "\n    sources:\n",
    sources.length === 0 ? "\n      <no source>\n" : sources.join(""),
    "\n    provisioners:\n\n",
    steps.length === 0 ? "      <no provisioner>\n" : steps.join(""),
    "\n    post-processors:\n",
    postProcessors.length === 0 ? "\n      <no post-processor>\n" : postProcessors.join(""),
  ].join("");
}

function stepName({ type, name }: { readonly type: string; readonly name: string }): string {
  return name === "" ? type : `${type}.${name}`;
}
