/** For an answer that makes no sense: says that it is a web page, as hotels and proxies send instead of what was asked for. Else "". */
export function webPageHint(content: Uint8Array): string {
  const start = Buffer.from(content.subarray(0, 200)).toString("latin1");
  return /^\s*<(?:!doctype|html|head|body|\?xml)/i.test(start)
    ? " It is a web page: is the login page of a network, or a proxy, in the way?"
    : "";
}
