/** Ingot's version. The build fails when package.json says another one. */
export const VERSION = "0.1.0";
