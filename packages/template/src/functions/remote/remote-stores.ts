/** The stores that functions can read from, loaded together and only for templates that mention one of them. */
export { readConsulKey } from "./consul.js";
export { memberOfAwsSecret, readAwsSecret } from "./secrets-manager.js";
export { readVaultSecret } from "./vault.js";
