/** What `required_version` is compared with, and what `packer.version` shows. */
export { PACKER_VERSION } from "@ingot/go-template";
