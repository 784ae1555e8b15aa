/**
 * The version of Packer whose templates are understood. Existing templates speak of it in `required_version`, `packer.version` and
 * `{{packer_version}}`.
 */
export const PACKER_VERSION = "1.16.0";
