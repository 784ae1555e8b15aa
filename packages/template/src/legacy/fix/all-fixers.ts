import * as amazon from "./amazon-fixers.js";
import * as builder from "./builder-fixers.js";
import type { Fixer } from "./fixer.js";
import * as hypervisor from "./hypervisor-fixers.js";
import * as step from "./step-fixers.js";

/** All fixers, in the order in which they run. */
export const FIXERS: readonly Fixer[] = [
  builder.isoMd5,
  builder.createTime,
  hypervisor.virtualboxGaAttach,
  step.vagrantOverride,
  hypervisor.virtualboxRename,
  hypervisor.vmwareRename,
  hypervisor.parallelsHeadless,
  hypervisor.parallelsDeprecations,
  builder.sshKeyPath,
  builder.sshDisableAgent,
  builder.scalewayAccessKey,
  step.manifestFilename,
  amazon.amazonShutdownBehavior,
  amazon.amazonEnhancedNetworking,
  amazon.amazonPrivateIp,
  amazon.amazonTempSecCidrs,
  step.dockerEmail,
  step.dockerTagTags,
  step.powershellEscapes,
  hypervisor.vmwareCompaction,
  hypervisor.hypervDeprecations,
  hypervisor.hypervVmxcTypo,
  hypervisor.hypervCpuAndRam,
  builder.cleanImageName,
  amazon.spotPriceAutoProduct,
  hypervisor.qemuDiskSize,
  step.galaxyCommand,
  hypervisor.commConfig,
  builder.sshWaitTimeout,
  hypervisor.vsphereIsoNetDisk,
  builder.isoChecksumTypeAndUrl,
  hypervisor.qemuHostPort,
  builder.azureExcludeFromLatest,
  builder.proxmoxType,
];
