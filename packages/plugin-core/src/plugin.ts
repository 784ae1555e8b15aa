import { definePlugin } from "@ingot/sdk";
import { fileBuilder } from "./builders/file.js";
import { nullBuilder } from "./builders/null.js";
import { httpDataSource } from "./data-sources/http.js";
import { nullDataSource } from "./data-sources/null.js";
import { artificePostProcessor } from "./post-processors/artifice.js";
import { checksumPostProcessor } from "./post-processors/checksum.js";
import { compressPostProcessor } from "./post-processors/compress.js";
import { manifestPostProcessor } from "./post-processors/manifest.js";
import { shellLocalPostProcessor } from "./post-processors/shell-local.js";
import { breakpointProvisioner } from "./provisioners/breakpoint.js";
import { fileProvisioner } from "./provisioners/file.js";
import { powershellProvisioner } from "./provisioners/powershell.js";
import { shellLocalProvisioner } from "./provisioners/shell-local.js";
import { shellProvisioner } from "./provisioners/shell.js";
import { sleepProvisioner } from "./provisioners/sleep.js";
import { windowsRestartProvisioner } from "./provisioners/windows-restart.js";
import { windowsShellProvisioner } from "./provisioners/windows-shell.js";

/** The components that every template can count on. */
export const plugin = definePlugin({
  name: "core",
  version: "0.1.0",
  components: [
    nullBuilder,
    fileBuilder,
    shellProvisioner,
    shellLocalProvisioner,
    fileProvisioner,
    sleepProvisioner,
    breakpointProvisioner,
    powershellProvisioner,
    windowsShellProvisioner,
    windowsRestartProvisioner,
    manifestPostProcessor,
    checksumPostProcessor,
    compressPostProcessor,
    shellLocalPostProcessor,
    artificePostProcessor,
    nullDataSource,
    httpDataSource,
  ],
});
