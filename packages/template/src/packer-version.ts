/**
 * The version of Packer whose templates are read here. `required_version` of existing templates speaks of it, so it is what they
 * are compared with, and what `packer.version` shows.
 */
export const PACKER_VERSION = "1.16.0";
