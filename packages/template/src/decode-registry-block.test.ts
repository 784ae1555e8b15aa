import { expect, test } from "@jest/globals";
import { load } from "./testing.js";

const BUILD = 'source "null" "a" {}\nbuild {\n  sources = ["source.null.a"]\n';

async function summaries(text: string): Promise<readonly string[]> {
  const { lines } = await load(text);
  return lines.map((line) => line.replace(/main\.pkr\.hcl:\S+ /, "").replace(/;.*/s, ""));
}

test("a good block is part of the template, and what it doesn't know is ignored", async () => {
  const { template, lines } = await load(
    `hcp_packer_registry {\n  bucket_name = "my-bucket"\n  bucket_labels = { a = "b" }\n  other = 1\n}\n${BUILD}}`,
  );
  expect(lines).toEqual([]);
  expect(template?.registry?.bucketName).toBe("my-bucket");
});

test("names, descriptions and labels are checked", async () => {
  const text = `hcp_packer_registry {
  bucket_name = "a_b"
  description = "${"é".repeat(128)}"
  labels = { a = "b" }
  bucket_labels = { a = "b" }
}
${BUILD}}`;
  expect(await summaries(text)).toEqual([
    "error: hcp_packer_registry.bucket_name can only contain between 3 and 36 ASCII letters, numbers and hyphens",
    "error: hcp_packer_registry.description should have a maximum length of 255 characters",
    "warning: hcp_packer_registry.labels is deprecated",
    "error: hcp_packer_registry.labels and bucket_labels cannot both be set",
  ]);
});

test.each([
  { name: "at the top level", text: `hcp_packer_registry {}\nhcp_packer_registry {}\n${BUILD}}` },
  { name: "in a build", text: `${BUILD}  hcp_packer_registry {}\n  hcp_packer_registry {}\n}` },
])("there is at most one $name", async ({ text }) => {
  expect(await summaries(text)).toEqual(["error: Only one hcp_packer_registry is allowed"]);
});

test("there may be one at the top level beside one in a build", async () => {
  expect(await summaries(`hcp_packer_registry {}\n${BUILD}  hcp_packer_registry {}\n}`)).toEqual([]);
});
