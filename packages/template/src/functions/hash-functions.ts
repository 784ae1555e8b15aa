import { constants, createHash, createPrivateKey, privateDecrypt, type KeyObject } from "node:crypto";
import {
  FunctionError,
  numberType,
  type EvaluationBudget,
  stringType,
  stringValue,
  type FunctionSpec,
} from "@ingot/hcl";
import { arg, param, stringFunction, textOf, wholeNumberOf } from "./define.js";
import { decodeBase64 } from "./base64.js";
import type { FunctionLibraries } from "./function-libraries.js";

function hash(name: string): FunctionSpec {
  return stringFunction(name, ["str"], (text) => createHash(name).update(text, "utf8").digest("hex"));
}

const MOST_BCRYPT_BYTES = 72;
const MOST_BCRYPT_COST = 16;

/** What a round of bcrypt takes from the budget of a run: the budget lasts for some seven seconds of it, a single hash of cost 16. */
const UNITS_PER_BCRYPT_ROUND = 1536;

function bcryptFunction(libraries: FunctionLibraries, budget: EvaluationBudget | undefined): FunctionSpec {
  return {
    name: "bcrypt",
    params: [param.string("str")],
    varParam: { name: "cost", type: numberType },
    returnType: stringType,
    impl: (args) => {
      if (args.length > 2) throw new FunctionError("bcrypt() takes no more than two arguments");
      const given = args[1] === undefined ? 10 : wholeNumberOf(args[1]);
      if (given > 31)
        throw new FunctionError(
          `error occured generating password crypto/bcrypt: cost ${given} is outside allowed inclusive range 4..31`,
        );
      const text = textOf(arg(args, 0));
      if (Buffer.byteLength(text) > MOST_BCRYPT_BYTES)
        throw new FunctionError("error occured generating password bcrypt: password length exceeds 72 bytes");
      if (libraries.bcrypt === undefined) throw new Error("bug: the bcrypt library was not loaded");
      const cost = given < 4 ? 10 : given;
      if (cost > MOST_BCRYPT_COST)
        throw new FunctionError(`cost ${cost} would take too long here; the highest possible is ${MOST_BCRYPT_COST}`);
      if (budget?.take(2 ** cost * UNITS_PER_BCRYPT_ROUND) === false)
        throw new FunctionError("all hashes of this run together take too long; use a lower cost");
      const hashed = libraries.bcrypt.hashSync(text, cost);
      // The library writes the newest version letter; both stand for the same algorithm.
      return stringValue(hashed.replace(/^\$2[a-z]\$/, "$2a$$"));
    },
  };
}

const rsaDecrypt: FunctionSpec = {
  name: "rsadecrypt",
  params: [param.string("ciphertext"), param.string("privatekey")],
  returnType: stringType,
  impl: (args) => {
    const text = textOf(arg(args, 0));
    const cipher = decodeBase64(text);
    if (typeof cipher === "number")
      throw new FunctionError(`failed to decode input ${JSON.stringify(text)}: cipher text must be base64-encoded`);
    return stringValue(decryptPkcs1(cipher, readPrivateKey(textOf(arg(args, 1)))).toString("utf8"));
  },
};

function readPrivateKey(pem: string): KeyObject {
  if (!/-----BEGIN [A-Z ]+-----/.test(pem)) throw new FunctionError("failed to parse key: no key found");
  try {
    return createPrivateKey(pem);
  } catch {
    // The cause may quote the key.
    throw new FunctionError("failed to parse key: not an unencrypted RSA private key in PEM form");
  }
}

/** Undoes PKCS#1 v1.5 encryption. The padding is taken off here because Node no longer offers it. */
function decryptPkcs1(cipher: Uint8Array, key: KeyObject): Buffer {
  let block: Buffer;
  try {
    block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, cipher);
  } catch {
    throw new FunctionError("failed to decrypt, error: crypto/rsa: decryption error");
  }
  const end = block.indexOf(0, 2);
  if (block[0] !== 0 || block[1] !== 2 || end < 10)
    throw new FunctionError("failed to decrypt, error: crypto/rsa: decryption error");
  return block.subarray(end + 1);
}

/** The functions that hash and decrypt. `budget` bounds what they compute. */
export function hashFunctions(
  libraries: FunctionLibraries,
  budget: EvaluationBudget | undefined,
): readonly FunctionSpec[] {
  return [hash("md5"), hash("sha1"), hash("sha256"), hash("sha512"), bcryptFunction(libraries, budget), rsaDecrypt];
}
