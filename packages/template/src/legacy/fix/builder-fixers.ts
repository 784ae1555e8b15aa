import { renameKey, type Fixer } from "./fixer.js";
import { buildersOf, buildersOfType, isDraftObject } from "./template-draft.js";

export const isoMd5: Fixer = {
  name: "iso-md5",
  synopsis: `Replaces "iso_md5" in builders with "iso_checksum"`,
  fix(draft) {
    for (const builder of buildersOf(draft)) {
      if (typeof builder.get("iso_md5") !== "string") continue;
      renameKey(builder, "iso_md5", "iso_checksum");
      builder.set("iso_checksum_type", "md5");
    }
  },
};

export const createTime: Fixer = {
  name: "createtime",
  synopsis: `Replaces ".CreateTime" in builder configs with "{{timestamp}}"`,
  fix(draft) {
    for (const builder of buildersOf(draft))
      for (const key of ["ami_name", "bundle_prefix", "snapshot_name"]) {
        const value = builder.get(key);
        if (typeof value === "string") builder.set(key, value.replace(/\{\{\s*\.CreateTime\s*\}\}/g, "{{timestamp}}"));
      }
  },
};

export const sshKeyPath: Fixer = {
  name: "sshkeypath",
  synopsis: `Updates builders using "ssh_key_path" to use "ssh_private_key_file"`,
  fix(draft) {
    for (const builder of buildersOf(draft))
      if (typeof builder.get("ssh_key_path") === "string")
        renameKey(builder, "ssh_key_path", "ssh_private_key_file", { keep: true });
  },
};

export const sshDisableAgent: Fixer = {
  name: "sshdisableagent",
  synopsis: `Updates builders using "ssh_disable_agent" to use "ssh_disable_agent_forwarding"`,
  fix(draft) {
    for (const builder of buildersOf(draft))
      if (typeof builder.get("ssh_disable_agent") === "boolean")
        renameKey(builder, "ssh_disable_agent", "ssh_disable_agent_forwarding", { keep: true });
  },
};

export const sshWaitTimeout: Fixer = {
  name: "ssh-wait-timeout",
  synopsis: `Replaces "ssh_wait_timeout" with "ssh_timeout"`,
  fix(draft) {
    for (const builder of buildersOf(draft))
      if (builder.has("ssh_timeout")) builder.delete("ssh_wait_timeout");
      else if (typeof builder.get("ssh_wait_timeout") === "string")
        renameKey(builder, "ssh_wait_timeout", "ssh_timeout");
  },
};

export const cleanImageName: Fixer = {
  name: "clean-image-name",
  synopsis: `Replaces /clean_(image|ami)_name/ in builder configs with "clean_resource_name"`,
  fix(draft) {
    const fixed = (text: string): string => text.replace(/clean_(image|ami)_name/g, "clean_resource_name");
    for (const builder of buildersOf(draft))
      for (const [key, value] of builder) {
        if (typeof value === "string") builder.set(key, fixed(value));
        if (!isDraftObject(value)) continue;
        for (const [inner, item] of value) if (typeof item === "string") value.set(inner, fixed(item));
      }
  },
};

export const isoChecksumTypeAndUrl: Fixer = {
  name: "iso-checksum-type-and-url",
  synopsis: `Puts content of potential "iso_checksum_url" and "iso_checksum_url" in "iso_checksum"`,
  fix(draft) {
    for (const builder of buildersOf(draft)) {
      const text = (key: string): string => {
        const value = builder.get(key);
        return typeof value === "string" ? value : "";
      };
      const [url, type, checksum] = [text("iso_checksum_url"), text("iso_checksum_type"), text("iso_checksum")];
      builder.delete("iso_checksum_url");
      builder.delete("iso_checksum_type");
      if (checksum === "" && url === "") continue;
      builder.set("iso_checksum", url !== "" ? `file:${url}` : type !== "" ? `${type}:${checksum}` : checksum);
    }
  },
};

export const scalewayAccessKey: Fixer = {
  name: "scaleway-access-key",
  synopsis: `Updates builders using "access_key" to use "organization_id"`,
  fix(draft) {
    for (const builder of buildersOfType(draft, (type) => type === "scaleway"))
      if (typeof builder.get("access_key") === "string")
        renameKey(builder, "access_key", "organization_id", { keep: true });
  },
};

export const azureExcludeFromLatest: Fixer = {
  name: "azure-exclude_from_latest",
  synopsis: `Changes "exlude_from_latest" to "exclude_from_latest" in Azure builders.`,
  fix(draft) {
    for (const builder of buildersOfType(draft, (type) => type.startsWith("azure-chroot"))) {
      const destination = builder.get("shared_image_destination");
      if (isDraftObject(destination)) renameKey(destination, "exlude_from_latest", "exclude_from_latest");
    }
  },
};

export const proxmoxType: Fixer = {
  name: "proxmox-type",
  synopsis: `Updates the builder type proxmox to proxmox-iso`,
  fix(draft) {
    for (const builder of buildersOfType(draft, (type) => type === "proxmox")) builder.set("type", "proxmox-iso");
  },
};
