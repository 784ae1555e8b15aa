/**
 * Parts that builders of virtual machines have in common: the options with their checks, and for each a function that does the work.
 * An HTTP server, floppy and CD images, downloads, the output directory, boot commands, shutting down. What they make is disposable;
 * what outlives a crash is recorded, so a builder adds `...destroyParts` to its `destroy`. This is an entry of its own, so that
 * plugins which need none of it load none of it. Start reading at part-context.ts.
 */
export type { PartContext, RecordingContext } from "./part-context.js";
export { destroyParts } from "./destroy-parts.js";

export { httpOptions, type HttpConfig } from "./http/http-options.js";
export { httpData, startHttpServer, type HttpServer } from "./http/start-http-server.js";
export { reservePort, type PortOptions, type ReservedPort } from "./reserve-port.js";

export { floppyOptions, type FloppyConfig } from "./media/floppy-options.js";
export { createFloppy } from "./media/create-floppy.js";
export { cdOptions, type CdConfig } from "./media/cd-options.js";
export { createCd } from "./media/create-cd.js";
export type { TemporaryPath } from "./media/temporary-path.js";
export { globPaths } from "../glob-paths.js";

export { isoOptions, type IsoConfig } from "./download/iso-options.js";
export { downloadFile, downloadIso, type DownloadedFile, type FileDownload } from "./download/download-file.js";
export { checkIsoChecksum, resolveChecksum } from "./download/resolve-checksum.js";
export { checksumText, parseChecksum, type Checksum, type ChecksumType } from "./download/checksum.js";
export type { Patience } from "./download/http-download.js";

export { createOutputDirectory, type OutputDirectory } from "./output-directory.js";
export { shutDown, shutdownOptions, type ShutdownConfig, type ShutdownOptions } from "./shutdown.js";
export { lockFile, type FileLock } from "./file-lock.js";

export { bootOptions, bootSteps, waitForBoot, type BootConfig } from "./boot/boot-options.js";
export { parseBootCommand, type BootStep, type KeyAction } from "./boot/parse-boot-command.js";
export { KEYS, type KeyCodes, type KeyName } from "./boot/key-names.js";
export {
  usbKeyEvent,
  vncKeyEvents,
  xtScanCodes,
  type KeyStep,
  type UsbKeyEvent,
  type VncKeyEvent,
} from "./boot/key-events.js";
export {
  keyIntervalMs,
  typeBootCommand,
  usbKeyboard,
  vncKeyboard,
  xtKeyboard,
  type KeyboardDriver,
  type KeyboardOptions,
} from "./boot/type-boot-command.js";
