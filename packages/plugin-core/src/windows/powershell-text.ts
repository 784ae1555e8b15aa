/** Writes text as a PowerShell string in single quotes. PowerShell takes typographic quotes for quotes too. */
export function singleQuoted(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, "$&$&")}'`;
}

/** Escapes text that goes into a PowerShell string in double quotes: a backtick before each `$`, `"`, backtick and `'`. */
export function escapeDoubleQuoted(text: string): string {
  return text.replace(/[$"`']/g, "`$&");
}

/** Makes a command line for cmd of a PowerShell script of any characters. It shows no progress bars. */
export function encodedCommand(script: string): string {
  const text = `$ProgressPreference = 'SilentlyContinue';${script}`;
  return `powershell.exe -EncodedCommand ${Buffer.from(text, "utf16le").toString("base64")}`;
}

const XML_ESCAPES: Readonly<Record<string, string>> = {
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\t": "&#x9;",
  "\n": "&#xA;",
  "\r": "&#xD;",
};

/** Escapes text for XML, white space included. */
export function escapeXml(text: string): string {
  return text.replace(/["'&<>\t\n\r]/g, (char) => XML_ESCAPES[char] ?? char);
}
