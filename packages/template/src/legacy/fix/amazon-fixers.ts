import { LegacyError } from "../go-errors.js";
import { renameKey, type Fixer } from "./fixer.js";
import { buildersOfType } from "./template-draft.js";

const isAmazon = (type: string): boolean => type.startsWith("amazon-");
const EBS_TYPES = ["amazon-ebs", "amazon-ebssurrogate", "amazon-ebsvolume", "amazon-instance"];

export const amazonShutdownBehavior: Fixer = {
  name: "amazon-shutdown_behavior",
  synopsis: `Changes "shutdown_behaviour" to "shutdown_behavior" in Amazon builders.`,
  fix(draft) {
    for (const builder of buildersOfType(draft, isAmazon))
      renameKey(builder, "shutdown_behaviour", "shutdown_behavior");
  },
};

export const amazonEnhancedNetworking: Fixer = {
  name: "amazon-enhanced-networking",
  synopsis: `Replaces "enhanced_networking" in builders with "ena_support"`,
  fix(draft) {
    for (const builder of buildersOfType(draft, isAmazon))
      if (typeof builder.get("enhanced_networking") === "boolean")
        renameKey(builder, "enhanced_networking", "ena_support");
  },
};

export const amazonPrivateIp: Fixer = {
  name: "amazon-private-ip",
  synopsis: 'Replaces `"ssh_private_ip": true` in amazon builders with `"ssh_interface": "private_ip"`',
  fix(draft) {
    for (const builder of buildersOfType(draft, isAmazon)) {
      const value = builder.get("ssh_private_ip");
      if (builder.has("ssh_interface") || value === undefined) continue;
      const isPrivate = typeof value === "boolean" ? value : parseBool(typeof value === "string" ? value : "");
      builder.delete("ssh_private_ip");
      builder.set("ssh_interface", isPrivate ? "private_ip" : "public_ip");
    }
  },
};

function parseBool(text: string): boolean {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(?:0|f|F|FALSE|false|False)$/.test(text)) return false;
  const reason = `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw new LegacyError(`ssh_private_ip is not a boolean, ${reason}`);
}

export const amazonTempSecCidrs: Fixer = {
  name: "amazon-temp-sec-cidrs",
  synopsis: `Replaces "temporary_security_group_source_cidr" (string) with "temporary_security_group_source_cidrs" (list of strings)`,
  fix(draft) {
    for (const builder of buildersOfType(draft, isAmazon)) {
      const cidr = builder.get("temporary_security_group_source_cidr");
      if (typeof cidr !== "string") continue;
      builder.delete("temporary_security_group_source_cidr");
      builder.set("temporary_security_group_source_cidrs", [cidr]);
    }
  },
};

export const spotPriceAutoProduct: Fixer = {
  name: "spot-price-auto-product",
  synopsis: `Removes the deprecated "spot_price_auto_product" setting from Amazon builder templates`,
  fix(draft) {
    for (const builder of buildersOfType(draft, (type) => EBS_TYPES.includes(type)))
      builder.delete("spot_price_auto_product");
  },
};
