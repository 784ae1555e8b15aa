const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])$/i;

/** Says why a file of this name must not be unpacked on any system; undefined when it may. */
export function entryNameFault(name: string): string | undefined {
  if (name === "") return "has no name";
  if (name.includes("\0")) return "has a NUL byte in its name";
  if (/\p{Cc}/u.test(name)) return "has control characters in its name";
  if (name.includes("\\")) return "has a backslash in its name";
  if (name.startsWith("/")) return "has an absolute path";
  if (/^[a-z]:/i.test(name)) return "has a drive letter in its name";
  const parts = name.replace(/\/$/, "").split("/");
  if (parts.includes("..")) return "would be written outside of its folder";
  if (parts.some((part) => part === "" || part === ".")) return "has an empty part in its path";
  if (/[<>:"|?*]/.test(name)) return "has a name that Windows can't store";
  if (parts.some((part) => RESERVED.test(part.split(".")[0]?.trim() ?? "")))
    return "has a name that is reserved on Windows";
  if (parts.some((part) => /[. ]$/.test(part))) return "has a name that ends with a dot or a space";
  if (parts.some((part) => Buffer.byteLength(part) > 255)) return "has a name that is too long";
  return undefined;
}

/** Names with the same key are one file on some system: it minds neither case nor Unicode normalisation. */
export function collisionKey(name: string): string {
  return name.replace(/\/$/, "").normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}
