import { expect, test } from "@jest/globals";
import { proxyFor } from "./proxy-environment.js";

test.each([
  { name: "HTTPS_PROXY", env: { HTTPS_PROXY: "http://p:1" }, want: "http://p:1/" },
  { name: "lower case", env: { https_proxy: "p:1" }, want: "http://p:1/" },
  { name: "ALL_PROXY", env: { ALL_PROXY: "socks5://p:1" }, want: "socks5://p:1" },
  { name: "none", env: {}, want: undefined },
  { name: "an empty one", env: { HTTPS_PROXY: "" }, want: undefined },
  { name: "that of plain HTTP", env: { HTTP_PROXY: "http://p:1" }, want: undefined },
  { name: "this computer", url: "https://localhost:5000/", env: { HTTPS_PROXY: "http://p:1" }, want: undefined },
  { name: "this computer's address", url: "https://127.0.0.9/", env: { HTTPS_PROXY: "http://p:1" }, want: undefined },
  { name: "NO_PROXY with the host", env: { HTTPS_PROXY: "http://p:1", NO_PROXY: "x, a.example.com" }, want: undefined },
  { name: "NO_PROXY with the domain", env: { HTTPS_PROXY: "http://p:1", no_proxy: "example.com" }, want: undefined },
  { name: "NO_PROXY with a dot", env: { HTTPS_PROXY: "http://p:1", NO_PROXY: ".example.com" }, want: undefined },
  { name: "NO_PROXY with a star", env: { HTTPS_PROXY: "http://p:1", NO_PROXY: "*" }, want: undefined },
  {
    name: "NO_PROXY with the port",
    env: { HTTPS_PROXY: "http://p:1", NO_PROXY: "a.example.com:443" },
    want: undefined,
  },
  {
    name: "NO_PROXY with another port",
    env: { HTTPS_PROXY: "http://p:1", NO_PROXY: "a.example.com:8443" },
    want: "http://p:1/",
  },
  {
    name: "NO_PROXY with the end of a name",
    env: { HTTPS_PROXY: "http://p:1", NO_PROXY: "ple.com" },
    want: "http://p:1/",
  },
  {
    name: "NO_PROXY with what is below",
    env: { HTTPS_PROXY: "http://p:1", NO_PROXY: ".a.example.com" },
    want: "http://p:1/",
  },
  {
    name: "a network",
    url: "https://10.1.2.3/",
    env: { HTTPS_PROXY: "http://p:1", NO_PROXY: "10.0.0.0/8" },
    want: undefined,
  },
  {
    name: "another network",
    url: "https://11.1.2.3/",
    env: { HTTPS_PROXY: "http://p:1", NO_PROXY: "10.0.0.0/8" },
    want: "http://p:1/",
  },
  {
    name: "a network of IPv6",
    url: "https://[fd00::1]/",
    env: { HTTPS_PROXY: "http://p:1", NO_PROXY: "fd00::/8" },
    want: undefined,
  },
])("$name", ({ url = "https://a.example.com/x", env, want }) => {
  expect(proxyFor(new URL(url), env)?.href).toBe(want);
});

test("proxies that cannot be used are told", () => {
  const url = new URL("https://a.example.com/");
  expect(() => proxyFor(url, { HTTPS_PROXY: "http://[" })).toThrow("is not a URL");
  expect(() => proxyFor(url, { HTTPS_PROXY: "ftp://p" })).toThrow("A proxy of the kind ftp: is not supported");
});
