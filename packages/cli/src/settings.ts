type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The value of INGOT_name or else of PACKER_name; undefined when neither says anything. An empty variable is as good as none.
 */
export function setting(env: Environment, name: string): string | undefined {
  return given(env[`INGOT_${name}`]) ?? given(env[`PACKER_${name}`]);
}

/** A variable's value; undefined when it is empty. */
export function given(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

/** Whether colours are unwanted: INGOT_NO_COLOR, PACKER_NO_COLOR, NO_COLOR. */
export function hasNoColour(env: Environment): boolean {
  return (setting(env, "NO_COLOR") ?? given(env["NO_COLOR"])) !== undefined;
}

/** Whether a log is wanted on the standard error stream: anything but empty and `0`. */
export function wantsLog(env: Environment): boolean {
  return (setting(env, "LOG") ?? "0") !== "0";
}

/** Whether a log is wanted anywhere: a path alone is enough. */
export function wantsAnyLog(env: Environment): boolean {
  return wantsLog(env) || setting(env, "LOG_PATH") !== undefined;
}

/** The environment of plugins and their host: Packer's variable for the plugin folder counts as ours, unless that is there. */
export function pluginEnvironment(env: Environment): Environment {
  const path = setting(env, "PLUGIN_PATH");
  return path === undefined ? env : { ...env, INGOT_PLUGIN_PATH: path };
}

/** Adds a PKR_VAR_name for each INGOT_VAR_name. Ours wins. */
export function withTemplateVariables(env: Environment): Environment {
  const ours = Object.entries(env).filter(([name]) => name.startsWith("INGOT_VAR_"));
  if (ours.length === 0) return env;
  return {
    ...env,
    ...Object.fromEntries(ours.map(([name, value]) => [name.replace("INGOT_VAR_", "PKR_VAR_"), value])),
  };
}
