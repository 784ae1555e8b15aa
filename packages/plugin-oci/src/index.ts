/**
 * The plugin `oci`: builds container images with nothing but the kernel's namespaces. Start reading at run-build.ts: a base
 * is loaded (base/, registry/), provisioners run over it (sandbox/, machine/), the changes become a layer (image/, tar/).
 */
export { ociBuilder, resourceKinds } from "./builder.js";
