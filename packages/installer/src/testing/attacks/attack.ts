import type { AttackScene, InitOptions } from "../attack-scene.js";

/** One way to harm somebody who installs plugins, and what comes of it. */
export interface Attack {
  readonly name: string;
  /** Version 1.0.0 is published, installed and locked before. */
  readonly installed?: true;
  /** Makes the attack. What it leaves is what must be there afterwards, too. */
  readonly prepare: (scene: AttackScene) => Promise<void> | void;
  readonly init?: InitOptions | ((scene: AttackScene) => InitOptions);
  /** What the user is told, instead of what `init` says when `by` is `build`. */
  readonly refused: RegExp;
  readonly by?: "build";
}
