import { assignmentFlag, configTypeFlag, listFlag, repeatedFlag } from "./flag-kinds.js";

/** The flags of every command that reads a template. */
export function sharedFlags() {
  return {
    only: listFlag(),
    except: listFlag(),
    var: assignmentFlag(),
    "var-file": repeatedFlag(),
    "config-type": configTypeFlag(),
  };
}
