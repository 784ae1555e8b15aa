/** Replaces what must not be shown. */
export type SecretMask = (text: string) => string;
