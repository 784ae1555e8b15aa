// What we use of the package `ssh2`, which comes without types.
declare module "ssh2" {
  const ssh2: import("./ssh2.js").Ssh2;
  export default ssh2;
}

declare module "ssh2/lib/protocol/constants.js" {
  const constants: import("./ssh2.js").Ssh2Constants;
  export default constants;
}
