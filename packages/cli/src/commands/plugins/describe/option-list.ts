import type { DescribedComponent } from "@ingot/host";
import { toBigInt, toJsNumber, type BodySchema, type BigNumber, type Type, type Value } from "@ingot/hcl";

/** The kinds of components in the order in which they are listed, and what several of one kind are called. */
export const KINDS = [
  ["builder", "Builders"],
  ["provisioner", "Provisioners"],
  ["post-processor", "Post-processors"],
  ["data-source", "Data sources"],
  ["communicator", "Communicators"],
] as const satisfies readonly (readonly [DescribedComponent["kind"], string])[];

/** An option of a component, as documentation shows it. */
export interface Option {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** As it is written in a template. Absent: there is none. */
  readonly defaultText?: string;
  readonly meaning: string;
}

/** The options of a schema, the required ones first. */
export function optionsOf(schema: BodySchema, isWanted: (name: string) => boolean = () => true): readonly Option[] {
  const all = [...schema.attributes]
    .filter(([name]) => isWanted(name))
    .map(([name, attribute]) => {
      const { type, required, defaultValue } = attribute;
      const defaultText = required || defaultValue === undefined ? undefined : valueText(defaultValue);
      return {
        ...{ name, type: typeName(type), required, meaning: meaningOf(attribute) },
        ...(defaultText === undefined ? {} : { defaultText }),
      };
    });
  return [...all.filter(({ required }) => required), ...all.filter(({ required }) => !required)];
}

type Attribute = BodySchema["attributes"] extends ReadonlyMap<string, infer A> ? A : never;

function meaningOf({ description, allowedValues = [], sensitive, deprecated }: Attribute): string {
  const parts = [description];
  if (allowedValues.length > 0) parts.push(`One of ${allowedValues.map((value) => `\`${value}\``).join(", ")}.`);
  if (sensitive) parts.push("Secret.");
  if (deprecated !== undefined) parts.push(`Deprecated: ${deprecated}`);
  return oneLine(parts.join(" "));
}

/** `list of string`. */
export function typeName(type: Type): string {
  if (type.kind === "dynamic") return "any";
  return "element" in type ? `${type.kind} of ${typeName(type.element)}` : type.kind;
}

/** How often a block may stand. */
export const NESTINGS = {
  single: "one block",
  list: "any number of blocks",
  set: "any number of blocks",
  map: "any number of blocks, one for each label",
} as const;

export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** The value as a template has it; undefined for null. */
export function valueText({ raw }: Value): string | undefined {
  if (raw === null || typeof raw === "symbol") return undefined;
  if (typeof raw === "string") return JSON.stringify(raw);
  if (typeof raw === "boolean") return String(raw);
  if (Array.isArray(raw)) return `[${(raw as readonly Value[]).map(valueText).join(", ")}]`; // an array holds values
  if (raw instanceof Map) {
    const entries = [...(raw as ReadonlyMap<string, Value>)].map(([name, item]) => `${name} = ${valueText(item)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  const number = raw as BigNumber; // nothing else is left
  return String(toBigInt(number) ?? toJsNumber(number));
}
