import { readFile } from "node:fs/promises";
import * as tls from "node:tls";
import { InstallError } from "../../install-error.js";
import { systemCodeOf } from "../../system-code.js";
import { given, type Environment } from "./environment.js";

/** Where Linux distributions and others keep the authorities that the system trusts. */
const SYSTEM_FILES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * The authorities that the user adds to those of Node: the files that NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and `extra_ca_file` of the
 * configuration name. Rejects with InstallError for a file that can't be read or has no certificate.
 */
export async function addedAuthorities(env: Environment, extraCaFile: string | undefined): Promise<readonly string[]> {
  const named = [
    { file: given(env, "NODE_EXTRA_CA_CERTS"), by: "NODE_EXTRA_CA_CERTS" },
    { file: given(env, "SSL_CERT_FILE"), by: "SSL_CERT_FILE" },
    { file: extraCaFile, by: '"extra_ca_file" of the configuration' },
  ];
  const texts = await Promise.all(
    named.map(async ({ file, by }) => (file === undefined ? [] : [await readNamed(file, by)])),
  );
  return texts.flat();
}

async function readNamed(file: string, by: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const why = systemCodeOf(cause) === "ENOENT" ? "there is no such file" : (systemCodeOf(cause) ?? "unknown reason");
    throw new InstallError(`The file of authorities ${file}, named by ${by}, cannot be read: ${why}.`, { cause });
  }
  if (text.includes("-----BEGIN CERTIFICATE-----") || text.includes("-----BEGIN TRUSTED CERTIFICATE-----")) return text;
  throw new InstallError(`The file of authorities ${file}, named by ${by}, has no certificate in PEM form.`);
}

/** The authorities that the operating system trusts; empty when they cannot be found. */
export async function systemAuthorities(): Promise<readonly string[]> {
  // Newer versions of Node can ask the operating system.
  const { getCACertificates } = tls as { getCACertificates?: (type: "system") => string[] };
  if (getCACertificates !== undefined) return getCACertificates("system");
  for (const file of SYSTEM_FILES) {
    const text = await readFile(file, "utf8").catch(() => "");
    if (text !== "") return [text];
  }
  return [];
}

/** Those that come with Node. */
export function nodeAuthorities(): readonly string[] {
  return tls.rootCertificates;
}
