/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The value of the variable; undefined also when it is empty. */
export function given(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === "" ? undefined : value;
}
