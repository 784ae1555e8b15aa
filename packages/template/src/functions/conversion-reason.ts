import { convert, ConversionError, type Type, type Value } from "@ingot/hcl";

/** Says why a value does not convert to a type. */
export function conversionReason(value: Value, type: Type): string {
  try {
    convert(value, type);
    return "";
  } catch (error) {
    if (error instanceof ConversionError) return error.message;
    throw error;
  }
}
