/** @jest-config-loader esbuild-register */
import type { Config } from "jest";

const config: Config = {
  testMatch: ["<rootDir>/{packages/*,sdk,examples/plugins/*}/src/**/*.test.ts"],
  // Many tests wait for processes that they started: as many workers as cores, where Jest would leave one free.
  maxWorkers: "100%",
  testTimeout: 30_000,
  globalSetup: "<rootDir>/scripts/jest-global-setup.mjs",
  extensionsToTreatAsEsm: [".ts"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  transform: {
    "\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "es6" } }],
  },
  coverageProvider: "v8",
};

export default config;
