import { expect, test } from "@jest/globals";
import { findDirectories } from "./directories.js";

const output = { write: () => undefined, isTerminal: false, columns: 80 };

function find(env: Readonly<Record<string, string>>) {
  return findDirectories({
    env,
    workingDirectory: "/work",
    installFolder: "/opt/ingot/",
    stdout: output,
    stderr: output,
    readInput: () => Promise.resolve(new Uint8Array()),
  });
}

test.each([
  {
    name: "the home folder by default",
    env: { HOME: "/home/u" },
    want: {
      plugins: "/home/u/.config/ingot/plugins",
      cache: "/home/u/.cache/ingot",
      state: "/home/u/.local/state/ingot",
    },
  },
  {
    name: "the XDG folders",
    env: { HOME: "/home/u", XDG_CONFIG_HOME: "/c", XDG_CACHE_HOME: "/k", XDG_STATE_HOME: "/s" },
    want: { plugins: "/c/ingot/plugins", cache: "/k/ingot", state: "/s/ingot" },
  },
  {
    name: "our own variables, relative to the working directory",
    env: {
      HOME: "/home/u",
      INGOT_CONFIG_DIR: "conf",
      INGOT_CACHE_DIR: "cache",
      INGOT_STATE_DIR: "state",
      PACKER_CACHE_DIR: "/p",
    },
    want: { plugins: "/work/conf/plugins", cache: "/work/cache", state: "/work/state" },
  },
  {
    name: "Packer's cache",
    env: { HOME: "/home/u", PACKER_CACHE_DIR: "/p", INGOT_CACHE_DIR: "" },
    want: { cache: "/p" },
  },
  { name: "its own plugins", env: {}, want: { builtinPlugins: "/opt/ingot/plugins" } },
])("uses $name", ({ env, want }) => expect(find(env)).toMatchObject(want));
