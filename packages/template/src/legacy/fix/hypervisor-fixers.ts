import { LegacyError } from "../go-errors.js";
import { goKindName } from "../go-value-text.js";
import { renameKey, type Fixer } from "./fixer.js";
import { buildersOf, buildersOfType, isDraftObject, provisionersOf, type DraftObject } from "./template-draft.js";

const is =
  (...types: readonly string[]) =>
  (type: string): boolean =>
    types.includes(type);
const isParallels = is("parallels-iso", "parallels-pvm");

export const virtualboxGaAttach: Fixer = {
  name: "virtualbox-gaattach",
  synopsis: `Updates VirtualBox builders using "guest_additions_attach" to use "guest_additions_mode"`,
  fix(draft) {
    for (const builder of buildersOfType(draft, is("virtualbox"))) {
      const attach = builder.get("guest_additions_attach");
      if (typeof attach !== "boolean") continue;
      builder.delete("guest_additions_attach");
      builder.set("guest_additions_mode", attach ? "attach" : "upload");
    }
  },
};

export const virtualboxRename: Fixer = {
  name: "virtualbox-rename",
  synopsis: `Updates "virtualbox" builders to "virtualbox-iso"`,
  fix(draft) {
    for (const builder of buildersOfType(draft, is("virtualbox"))) builder.set("type", "virtualbox-iso");
    for (const provisioner of provisionersOf(draft)) {
      const override = provisioner.get("override");
      if (override === undefined || override === null) continue;
      if (!isDraftObject(override)) throw new LegacyError(`'' expected a map, got '${goKindName(override)}'`);
      renameKey(override, "virtualbox", "virtualbox-iso");
    }
  },
};

export const vmwareRename: Fixer = {
  name: "vmware-rename",
  synopsis: `Updates "vmware" builders to "vmware-iso"`,
  fix(draft) {
    for (const builder of buildersOfType(draft, is("vmware"))) builder.set("type", "vmware-iso");
  },
};

export const parallelsHeadless: Fixer = {
  name: "parallels-headless",
  synopsis: `Removes unused "headless" from Parallels builders`,
  fix(draft) {
    for (const builder of buildersOfType(draft, isParallels)) builder.delete("headless");
  },
};

export const parallelsDeprecations: Fixer = {
  name: "parallels-deprecations",
  synopsis: `Removes deprecated "parallels_tools_host_path" from Parallels builders and changes "guest_os_distribution" to "guest_os_type".`,
  fix(draft) {
    for (const builder of buildersOfType(draft, isParallels)) {
      builder.delete("parallels_tools_host_path");
      renameKey(builder, "guest_os_distribution", "guest_os_type");
    }
  },
};

export const vmwareCompaction: Fixer = {
  name: "vmware-compaction",
  synopsis: `Adds "skip_compaction = true" to "vmware-iso" builders with incompatible disk_type_id`,
  fix(draft) {
    for (const builder of buildersOfType(draft, is("vmware-iso"))) {
      if (builder.get("remote_type") !== "esx5") continue;
      const diskType = builder.get("disk_type_id");
      if (diskType === undefined) builder.set("disk_type_id", "zeroedthick");
      else if (typeof diskType !== "string" || diskType === "thin") continue;
      const skips = builder.get("skip_compaction");
      if (skips === undefined || skips === false) builder.set("skip_compaction", true);
    }
  },
};

export const hypervDeprecations: Fixer = {
  name: "hyperv-deprecations",
  synopsis: `Removes the deprecated "vhd_temp_path" setting from Hyper-V ISO builder templates`,
  fix(draft) {
    for (const builder of buildersOfType(draft, is("hyperv-iso"))) builder.delete("vhd_temp_path");
  },
};

export const hypervVmxcTypo: Fixer = {
  name: "hyperv-vmxc-typo",
  synopsis: `Fixes a typo replacing "clone_from_vmxc_path" with "clone_from_vmcx_path" in Hyper-V VMCX builder templates`,
  fix(draft) {
    for (const builder of buildersOfType(draft, is("hyperv-vmcx")))
      renameKey(builder, "clone_from_vmxc_path", "clone_from_vmcx_path");
  },
};

export const hypervCpuAndRam: Fixer = {
  name: "hyperv-cpu-and-ram",
  synopsis: `Replaces "cpu" with "cpus" and "ram_size" with "memory"in Hyper-V VMCX builder templates`,
  fix(draft) {
    for (const builder of buildersOfType(draft, is("hyperv-vmcx", "hyperv-iso"))) {
      renameKey(builder, "cpu", "cpus");
      renameKey(builder, "ram_size", "memory");
    }
  },
};

export const qemuDiskSize: Fixer = {
  name: "qemu-disk-size",
  synopsis: `Updates "disk_size" from int to string in QEMU builders.`,
  fix(draft) {
    for (const builder of buildersOfType(draft, is("qemu"))) {
      const size = builder.get("disk_size");
      if (typeof size === "number") builder.set("disk_size", `${BigInt(Math.trunc(size))}M`);
    }
  },
};

export const qemuHostPort: Fixer = {
  name: "qemu-host-port",
  synopsis: `Updates ssh_host_port_min and ssh_host_port_max to host_port_min and host_port_max`,
  fix(draft) {
    for (const builder of buildersOfType(draft, is("qemu"))) {
      renameKey(builder, "ssh_host_port_min", "host_port_min");
      renameKey(builder, "ssh_host_port_max", "host_port_max");
    }
  },
};

export const commConfig: Fixer = {
  name: "comm-config",
  synopsis: `Remove ssh prefixes from communicator port forwarding configuration (host_port_min, host_port_max, skip_nat_mapping)`,
  fix(draft) {
    const isVirtualbox = (builder: DraftObject): boolean => {
      const type = builder.get("type");
      return typeof type === "string" && type.startsWith("virtualbox");
    };
    for (const builder of buildersOf(draft).filter(isVirtualbox)) {
      renameKey(builder, "ssh_host_port_min", "host_port_min", { keep: true });
      renameKey(builder, "ssh_host_port_max", "host_port_max", { keep: true });
      if (builder.has("skip_nat_mapping")) builder.delete("ssh_skip_nat_mapping");
      else if (typeof builder.get("ssh_skip_nat_mapping") === "boolean")
        renameKey(builder, "ssh_skip_nat_mapping", "skip_nat_mapping");
    }
  },
};

export const vsphereIsoNetDisk: Fixer = {
  name: "vsphere-iso-net-disk",
  synopsis: `Removes deprecated network and disk fields from "vsphere-iso" builder`,
  fix(draft) {
    for (const builder of buildersOfType(draft, is("vsphere-iso"))) {
      const adapter: DraftObject = new Map();
      moveInto(builder, adapter, ["network", "networkCard", "network_card"]);
      renameKey(adapter, "networkCard", "network_card", { keep: true });
      prepend(builder, "network_adapters", adapter);
      const disk: DraftObject = new Map();
      moveInto(builder, disk, ["disk_size", "disk_thin_provisioned", "disk_eagerly_scrub"]);
      prepend(builder, "storage", disk);
    }
  },
};

function moveInto(from: DraftObject, to: DraftObject, keys: readonly string[]): void {
  for (const key of keys) {
    const value = from.get(key);
    if (value === undefined) continue;
    to.set(key, value);
    from.delete(key);
  }
}

function prepend(builder: DraftObject, key: string, first: DraftObject): void {
  if (first.size === 0) return;
  const rest = builder.get(key);
  builder.set(key, [first, ...(Array.isArray(rest) ? rest : rest === undefined ? [] : [rest])]);
}
