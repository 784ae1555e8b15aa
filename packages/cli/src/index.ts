/**
 * Ingot for Node programs: load a template, look at its builds, run them, read what happens. Joins `@ingot/engine` with `@ingot/host` as the
 * command line does. Start reading at library.ts; docs/library.md shows how it is used.
 */
export {
  openTemplate,
  TemplateError,
  type BuildOptions,
  type BuildReport,
  type OpenedTemplate,
  type OpenTemplateOptions,
} from "./library.js";
