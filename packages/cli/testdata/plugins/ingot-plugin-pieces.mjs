#!/usr/bin/env node
// Says the texts of samples.json in small pieces, in every way in which a plugin can say something, for tests of masking.
import { readFileSync } from "node:fs";
import { definePlugin, provisioner, schema as s } from "@ingot/sdk";

const pieces = provisioner({
  name: "pieces",
  config: s.object({}),
  async provision({ ui, log }) {
    const samples = JSON.parse(readFileSync("samples.json", "utf8"));
    const ways = [ui.say, ui.error, (piece) => log.warn(piece), (piece) => process.stderr.write(`${piece}\n`)];
    let state = 11;
    const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    for (const say of ways) {
      for (const sample of samples) {
        const characters = [...sample];
        while (characters.length > 0) await say(characters.splice(0, 1 + Math.floor(random() * 9)).join(""));
      }
      await say("all-said");
    }
  },
});

definePlugin({ components: [pieces] }).serve();
