import { schema as s, type Infer } from "@ingot/sdk";

const texts = (describe: string) => s.list(s.string(), { describe, optional: true });
const text = (describe: string) => s.string({ describe, optional: true });

/** The options of the builder `oci`. */
export const configSchema = s.object({
  base: s.string({
    describe:
      'What the image starts from: `"scratch"`, a folder or tar archive with a root file system, an OCI layout or archive, ' +
      "an archive of `docker save` (each of these three with `:TAG` when it has several images), or a registry reference.",
  }),
  output: s.string({
    describe: "Where the image goes: an OCI layout folder, or an archive of one when the name ends in `.tar`.",
  }),
  tags: texts("Names of the image in the layout's index."),
  platform: text("The platform, such as `linux/arm64`. Chooses from a multi-platform base. Default: this machine's."),
  cmd: texts("The default command."),
  entrypoint: texts("The program that every container starts. Setting it forgets the base's command."),
  env: s.map(s.string(), { describe: "Environment variables, added to those of the base.", optional: true }),
  labels: s.map(s.string(), { describe: "Labels, added to those of the base.", optional: true }),
  user: text("The user that containers run as. Provisioners run as root all the same."),
  working_dir: text("The working directory of containers."),
  exposed_ports: texts("Ports that containers listen on, such as `8080` or `53/udp`."),
  volumes: texts("Paths that hold data of containers."),
  stop_signal: text("The signal that ends a container, such as `SIGTERM`."),
  network: s.string({
    describe: "The network of provisioners: the host's, or none.",
    oneOf: ["host", "none"],
    default: "host",
  }),
  username: text("The user name for the base's registry. Default: from `docker login` and its like."),
  password: s.string({ describe: "The password for the base's registry.", optional: true, sensitive: true }),
  ca_file: text("A file of certificate authorities, in PEM form, that are trusted for the base's registry as well."),
});

/** The decoded options. */
export type OciConfig = Infer<typeof configSchema>;
