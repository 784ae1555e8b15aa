import { expect, test } from "@jest/globals";
import { machineUi } from "./ui.js";

test("items for machines have a time, a target, a type and escaped data", () => {
  let written = "";
  const output = { write: (text: string) => void (written += text), isTerminal: false, columns: 80 };
  const ui = machineUi(output, {
    mask: (text) => text.replaceAll("hunter2", "<sensitive>"),
    now: () => 1_498_365_963_700,
  });
  ui.machine({ type: "version-prelease", data: [""] });
  ui.say("a, b\r\nhunter2 \\n");
  ui.machine({ type: "artifact", target: "null.x", data: ["0", "id", "Null"] });
  expect(written).toBe(
    "1498365963,,version-prelease,\n" +
      "1498365963,,ui,say,a%!(PACKER_COMMA) b\\r\\n<sensitive> \\n\n" +
      "1498365963,null.x,artifact,0,id,Null\n",
  );
});
