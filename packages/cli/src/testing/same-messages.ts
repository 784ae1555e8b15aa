/**
 * The sentences of an output, without what surrounds the messages of plugins: the reference wraps them ("Failed preparing
 * provisioner-block", "2 error(s) occurred:") and has no source to show; ours stand by themselves, each with its place.
 */
export function sentencesOf(output: string): readonly string[] {
  const [head = "", files = ""] = output.split("--- files");
  const plain = head
    .replaceAll(/%!\(PACKER_COMMA\)/g, ",")
    .replaceAll(/(?<=^|\\n|\n)TIME,,ui,error,/g, "")
    .replaceAll("\\n", "\n")
    .replaceAll(
      /^Error: (Failed preparing (provisioner|post-processor)-block "[^"]*" ""|\d+ error\(s\) occurred:)$/gm,
      "",
    )
    .replaceAll(
      /^ +on template\.pkr\.hcl line \d+(, in [^\n]*)?:\n( +\(source code not available\)| *\d+: [^\n]*)$/gm,
      "\n",
    )
    .replaceAll(/^\d+ error\(s\) (occurred|decoding):$/gm, "")
    .replaceAll(/^template\.pkr\.hcl:[\d,-]+: ([^;]*); /gm, "Error: $1\n\n")
    .replaceAll(/^Error: Invalid template in a string$/gm, "")
    .replaceAll(/^(Error: |\* )/gm, "\n\n");
  const sentences = plain.split(/\n\s*\n/).map((paragraph) => paragraph.replaceAll(/\s+/g, " ").trim());
  return [...sentences.filter((text) => text !== ""), files];
}
