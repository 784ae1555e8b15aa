const SECRET = /(?:TOKEN|SECRET|PASSWORD|CREDENTIAL|ACCESS_KEY)/i;

/** An environment without what a plugin that is only asked who it is doesn't need: variables whose names speak of secrets. */
export function envWithoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !SECRET.test(name)));
}
