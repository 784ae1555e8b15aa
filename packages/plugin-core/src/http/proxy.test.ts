import { expect, test } from "@jest/globals";
import { proxyFor } from "./proxy.js";

const both = { HTTP_PROXY: "http://p:1", https_proxy: "q:2" };

test.each([
  { name: "none is set", url: "http://a.b/", env: {}, want: undefined },
  { name: "one for http", url: "http://a.b/", env: both, want: "http://p:1/" },
  { name: "one for https, in lower case and without a scheme", url: "https://a.b/", env: both, want: "http://q:2/" },
  { name: "never for this machine", url: "http://localhost:8/", env: both, want: undefined },
  { name: "never for a loopback address", url: "http://[::1]/", env: both, want: undefined },
  { name: "not for an excepted domain", url: "http://x.a.b/", env: { ...both, NO_PROXY: "c, a.b" }, want: undefined },
  {
    name: "a leading dot means subdomains only",
    url: "http://a.b/",
    env: { ...both, NO_PROXY: ".a.b" },
    want: "http://p:1/",
  },
  {
    name: "part of a name is not excepted",
    url: "http://xa.b/",
    env: { ...both, NO_PROXY: "a.b" },
    want: "http://p:1/",
  },
  { name: "an excepted port", url: "http://a.b:81/", env: { ...both, NO_PROXY: "a.b:81" }, want: undefined },
  { name: "another port", url: "http://a.b/", env: { ...both, NO_PROXY: "a.b:81" }, want: "http://p:1/" },
  { name: "an excepted network", url: "http://10.1.2.3/", env: { ...both, NO_PROXY: "10.0.0.0/8" }, want: undefined },
  { name: "another network", url: "http://11.1.2.3/", env: { ...both, NO_PROXY: "10.0.0.0/8" }, want: "http://p:1/" },
  { name: "nothing goes through a proxy", url: "https://a.b/", env: { ...both, no_proxy: "*" }, want: undefined },
])("$name", ({ url, env, want }) => {
  expect(proxyFor(new URL(url), env)?.href).toBe(want);
});
