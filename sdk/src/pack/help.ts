export const HELP = `Usage: npx @ingot/sdk pack [options] [ENTRY]

Makes the files of a plugin's release: archives that "ingot init" installs, the manifest, the checksum file, and its signature.

A plugin in TypeScript or JavaScript, in whose folder this is run, is bundled with esbuild to one file that needs nothing but Node.
Its name comes from package.json, "ingot": { "name": "greet" } or the package's name "ingot-plugin-greet"; its version too. ENTRY is
the file that calls serve(); default is "ingot": { "main": ... }, then src/main.ts and the like.

Plugins in other languages are given as executables, one for each platform. The one for this machine is started and asked what it is.

Options:
  --executable PLATFORM=FILE  pack FILE for PLATFORM, such as linux_amd64, darwin_arm64, windows_amd64, or any (for Node). Repeatable
  --name NAME                 the plugin's name, instead of what package.json or the plugin says
  --version VERSION           the plugin's version, likewise
  --out DIR                   where the files go; default release
  --sign[=KEY]                sign the checksum file with GnuPG, with the default key or with KEY
  --oci DIR                   also write the release as an OCI image layout, for a registry
  --site DIR                  also add the release to a folder that a web server serves
  --help                      show this

Examples:
  npx @ingot/sdk pack
  npx @ingot/sdk pack --sign=releases@example.com
  npx @ingot/sdk pack --executable linux_amd64=bin/ingot-plugin-folder --executable darwin_arm64=bin/mac/ingot-plugin-folder
  npx @ingot/sdk pack --out release --site public/acme

SOURCE_DATE_EPOCH sets the time of the files in archives. The same input gives the same archives.
`;
