import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { ANY_PLATFORM } from "../platform.js";
import { mustParseAddress } from "../requirement.js";
import { makeTestFolder } from "../testing/with-folder.js";
import { openPluginStore } from "./open-plugin-store.js";

test.each([
  { name: "inner", ownName: "inner", otherName: "" },
  { name: "outer", ownName: "", otherName: "inner" },
])("of two folders in each other the $name one has what was installed into it", async ({ ownName, otherName }) => {
  await using folder = await makeTestFolder();
  const options = { signal: new AbortController().signal };
  const file = join(folder.path, "greet.mjs");
  await writeFile(file, "// greet");
  const [own, other] = [join(folder.path, ownName), join(folder.path, otherName)];
  const store = openPluginStore({ root: own, further: [{ root: other }] });
  const about = { address: mustParseAddress("github.com/acme/greet"), family: "ingot", version: "1.0.0" } as const;
  const plugin = await store.putFile({ ...about, api: "p1", platform: ANY_PLATFORM, file }, options);
  const place = join(own, "github.com/acme/greet/ingot-plugin-greet_v1.0.0_p1_any.json");
  expect(store.placeOf(plugin)).toBe(place);
  expect(await store.list({}, options)).toEqual([plugin]);
  expect(await store.remove(plugin)).toContain(place);
  expect(await store.list({}, options)).toEqual([]);
});
