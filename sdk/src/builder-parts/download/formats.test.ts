import { describe, expect, test } from "@jest/globals";
import { schema as s } from "../../schema/schema.js";
import { decode } from "../testing/part-session.js";
import { parseChecksum } from "./checksum.js";
import { findChecksum } from "./find-checksum.js";
import { isoOptions } from "./iso-options.js";
import { parseNetrc } from "./netrc.js";
import { proxyFor } from "./proxy-environment.js";
import { parseSource } from "./source-url.js";

const [MD5, SHA1, SHA256, SHA512] = [32, 40, 64, 128].map((length) =>
  "0123456789abcdef".repeat(8).slice(0, length),
) as [string, string, string, string];

describe("a checksum", () => {
  test.each([
    [MD5, { type: "md5", hex: MD5 }],
    [SHA1, { type: "sha1", hex: SHA1 }],
    [SHA256.toUpperCase(), { type: "sha256", hex: SHA256 }],
    [SHA512, { type: "sha512", hex: SHA512 }],
    [`MD5:${MD5}`, { type: "md5", hex: MD5 }],
    [`Sha512:${SHA512.toUpperCase()}`, { type: "sha512", hex: SHA512 }],
  ])("%s", (text, want) => expect(parseChecksum(text)).toEqual(want));

  test.each([
    ["abcd", "Unknown type for checksum abcd"],
    [`sha224:${SHA1}`, "unsupported checksum type: sha224"],
    [`sha256:${MD5}`, "invalid checksum: 32 digits, which is no length for sha256"],
    ["sha256:xyz", 'invalid checksum: encoding/hex: invalid byte: "x"'],
    ["md5:abc", "invalid checksum: encoding/hex: odd length hex string"],
    ["x.iso", 'invalid checksum: encoding/hex: invalid byte: "x"'],
  ])("%s is refused", (text, want) => expect(() => parseChecksum(text)).toThrow(want));
});

describe("a list of checksums", () => {
  const file = { path: "/pub/13/x.iso", listPath: "/pub/SUMS" };
  const other = SHA256.replace("0", "f");
  test.each([
    { name: "GNU", list: `${other}  y.iso\n${SHA256}  x.iso\n`, want: SHA256 },
    { name: "GNU, binary", list: `${SHA256} *x.iso\n`, want: SHA256 },
    { name: "GNU, of BSD's tools", list: `${SHA256} ?x.iso\n`, want: SHA256 },
    { name: "BSD", list: `SHA256 (y.iso) = ${other}\nSHA256 (x.iso) = ${SHA256}\n`, want: SHA256 },
    { name: "BSD, md5", list: `MD5 (x.iso) = ${MD5}\n`, want: MD5 },
    { name: "a digest alone", list: `${SHA256}\n`, want: SHA256 },
    { name: "no line feed at the end", list: `${SHA256}  x.iso`, want: SHA256 },
    { name: "a relative path", list: `${SHA256}  13/x.iso\n`, want: SHA256 },
    { name: "a relative path with a point", list: `${SHA256}  ./13/x.iso\n`, want: SHA256 },
    { name: "an absolute path", list: `${SHA256}  /pub/13/x.iso\n`, want: SHA256 },
    { name: "a path that is part of the URL's", list: `${SHA256}  ../13/x\n`, want: SHA256 },
    { name: "the first line that fits", list: `${SHA256}  x.iso\n${other}  x.iso\n`, want: SHA256 },
    {
      name: "comments, signatures and noise",
      list: `# ${other}\n-----BEGIN\nHash: SHA256\n\nnot a sum x.iso\r\n${SHA256}  x.iso\r\n`,
      want: SHA256,
    },
    {
      name: "types that we don't know",
      list: `SHA384 (x.iso) = ${SHA256}\nSHA256 (x.iso) = ${SHA256}\n`,
      want: SHA256,
    },
    {
      name: "names with spaces",
      list: `${other}  my file.iso\n${other}  my other file.iso\n${SHA256}  x.iso`,
      want: SHA256,
    },
    { name: "sizes between", list: `${other} 123 y.iso\n${SHA256} 456 x.iso\n`, want: SHA256 },
    { name: "no line that fits", list: `${SHA256}  y.iso\nSHA256 (z.iso) = ${SHA256}\n`, want: undefined },
    { name: "BSD, a name with spaces", list: `SHA256 (my x.iso) = ${SHA256}\n`, want: undefined },
    { name: "nothing", list: "", want: undefined },
  ])("$name", async ({ list, want }) => {
    expect((await findChecksum(list.split(/\r?\n/), file))?.hex).toBe(want);
  });
});

describe("a source", () => {
  test.each([
    ["https://h/a/x.iso", { kind: "http", path: "/a/x.iso", shown: "https://h/a/x.iso?checksum=md5%3Aab" }],
    ["http://h/x?a=b&archive=false", { unpacks: false, shown: "http://h/x?a=b&archive=false&checksum=md5%3Aab" }],
    ["http://h/x?checksum=md5:cd", { checksum: "md5:cd", shown: "http://h/x?checksum=md5%3Acd" }],
    ["file:///a/b%20c?archive=0", { kind: "local", path: "/a/b c", unpacks: false }],
    ["file://./a.iso", { kind: "local", path: "./a.iso" }],
    ["a?b.iso", { kind: "local", path: "a?b.iso" }],
    ["a.iso?checksum=md5:cd", { kind: "local", path: "a.iso", checksum: "md5:cd" }],
    ["C:\\isos\\x.iso", { kind: "local", path: "C:\\isos\\x.iso" }],
    ["odd:name.iso", { kind: "local", path: "odd:name.iso" }],
  ])("%s", (text, want) => expect(parseSource(text, "md5:ab")).toMatchObject(want));

  test("asks the server without our own parameters", () => {
    const source = parseSource("http://h/x?a=b%2Bc&checksum=md5:cd&archive=1");
    expect(source.kind === "http" && source.url.href).toBe("http://h/x?a=b%2Bc");
  });

  test.each(["git::https://x/y", "s3::https://x", "smb://h/x", "ftp://h/x"])("%s is refused", (text) =>
    expect(() => parseSource(text)).toThrow(/^download not supported for scheme '\w+'/),
  );
  test("what is no URL is refused", () => expect(() => parseSource("http://")).toThrow('"http://" is no URL'));
});

describe("the proxy of the environment", () => {
  const proxies = { HTTP_PROXY: "http://a:1", https_proxy: "b:2" };
  test.each([
    { url: "http://example.org/", want: "http://a:1/" },
    { url: "https://example.org/", want: "http://b:2/" },
    { url: "http://localhost/", want: undefined },
    { url: "http://127.1.2.3/", want: undefined },
    { url: "http://[::1]/", want: undefined },
    { url: "http://x.org/", no: "*", want: undefined },
    { url: "http://x.org/", no: "y.org, x.org", want: undefined },
    { url: "http://a.x.org/", no: "x.org", want: undefined },
    { url: "http://a.x.org/", no: ".x.org", want: undefined },
    { url: "http://x.org/", no: ".x.org", want: "http://a:1/" },
    { url: "http://ax.org/", no: "x.org", want: "http://a:1/" },
    { url: "http://x.org:81/", no: "x.org:80", want: "http://a:1/" },
    { url: "http://x.org:81/", no: "x.org:81", want: undefined },
    { url: "http://10.1.2.3/", no: "10.0.0.0/8", want: undefined },
    { url: "http://11.1.2.3/", no: "10.0.0.0/8", want: "http://a:1/" },
    { url: "http://10.1.2.3/", no: "10.1.2.3", want: undefined },
    { url: "http://[fe80::1]/", no: "fe80::1", want: undefined },
  ])("$url with NO_PROXY=$no", ({ url, no, want }) => {
    expect(proxyFor(new URL(url), { ...proxies, ...(no !== undefined && { NO_PROXY: no }) })?.href).toBe(want);
  });

  test("is not taken from a web server's headers, and must be a URL", () => {
    expect(proxyFor(new URL("http://x.org"), { ...proxies, REQUEST_METHOD: "GET" })).toBeUndefined();
    expect(() => proxyFor(new URL("http://x.org"), { HTTP_PROXY: "http://" })).toThrow(
      "the proxy of the environment is no URL",
    );
    expect(proxyFor(new URL("http://x.org"), {})).toBeUndefined();
  });
});

test.each([
  { host: "a.org", want: { username: "me", password: "pa ss" } },
  { host: "b.org", want: { username: "login", password: "x" } },
  { host: "c.org", want: { username: "any", password: "one" } },
])("netrc: the login for $host", ({ host, want }) => {
  const text = `# machine a.org login no password no
macdef init
machine b.org login macro password macro

machine a.org
  login me
  password "pa ss"
machine b.org login login account y password x machine d.org login z
default login any password one
`;
  expect(parseNetrc(text, host)).toEqual(want);
});

describe("the ISO options", () => {
  const schema = s.object({ iso: isoOptions() });
  test.each([
    { value: { iso_checksum: "x" }, want: "One of iso_url or iso_urls must be specified" },
    { value: { iso_url: "a", iso_urls: ["b"] }, want: "Only one of iso_url or iso_urls must be specified" },
    { value: { iso_url: "a" }, want: "A checksum must be specified" },
    {
      value: { iso_url: "a", iso_checksum: "none" },
      want: "A checksum of 'none' was specified. Since ISO files are so big,\na checksum is highly recommended.",
    },
    { value: { iso_url: "a", iso_checksum: "abcd" }, want: 'Unknown type for checksum abcd in "abcd"' },
    { value: { iso_url: "a", iso_checksum: "md4:ab" }, want: 'unsupported checksum type: md4 in "md4:ab"' },
    {
      value: { iso_url: "a", iso_checksum: "a.iso" },
      want: "Error parsing checksum: .iso is not a valid checksum ending",
    },
    { value: { iso_url: "a", iso_checksum: "file:b" }, want: undefined },
  ])("$value", ({ value, want }) => expect(decode(schema, value).diagnostics[0]?.summary).toBe(want));

  test("are decoded into one value", () => {
    const value = { iso_urls: ["a", "b"], iso_checksum: MD5, iso_target_extension: "IMG", iso_target_path: "" };
    const want = { urls: ["a", "b"], checksum: MD5, targetPath: undefined, targetExtension: "img" };
    expect(decode(schema, value).config?.iso).toEqual(want);
  });
});
