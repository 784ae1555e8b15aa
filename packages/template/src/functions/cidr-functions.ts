import {
  FunctionError,
  listType,
  numberType,
  stringType,
  stringValue,
  toBigInt,
  type FunctionSpec,
  type Value,
} from "@ingot/hcl";
import { arg, numberOf, param, stringFunction, textOf, textValueList, wholeNumberOf } from "./define.js";
import { addressText, networkText, parseNetwork, type Network } from "./ip-address.js";

/** The most bits by which a prefix may be extended at once. */
const MOST_NEW_BITS = 32;

function networkOf(text: string): Network {
  const network = parseNetwork(text);
  if (network === undefined) throw new FunctionError(`invalid CIDR expression: invalid CIDR address: ${text}`);
  return network;
}

function wholeOf(value: Value): bigint {
  const whole = toBigInt(numberOf(value));
  // Reports in the usual words when it is not whole.
  return whole ?? BigInt(wholeNumberOf(value));
}

const cidrHost: FunctionSpec = {
  name: "cidrhost",
  params: [param.string("prefix"), param.number("hostnum")],
  returnType: stringType,
  impl: (args) => {
    const network = networkOf(textOf(arg(args, 0)));
    const number = wholeOf(arg(args, 1));
    const count = 1n << BigInt(network.size - network.prefixLength);
    const host = number < 0n ? count + number : number;
    if (host < 0n || host >= count)
      throw new FunctionError(`prefix of ${network.prefixLength} does not accommodate a host numbered ${number}`);
    return stringValue(addressText(network.address + host, network.size));
  },
};

const cidrSubnet: FunctionSpec = {
  name: "cidrsubnet",
  params: [param.string("prefix"), param.number("newbits"), param.number("netnum")],
  returnType: stringType,
  impl: (args) => {
    const network = networkOf(textOf(arg(args, 0)));
    const newBits = wholeNumberOf(arg(args, 1));
    const number = wholeOf(arg(args, 2));
    if (newBits > MOST_NEW_BITS) throw new FunctionError(`may not extend prefix by more than ${MOST_NEW_BITS} bits`);
    if (number < 0n) throw new FunctionError("subnet number must not be negative");
    const prefixLength = network.prefixLength + newBits;
    if (prefixLength > network.size)
      throw new FunctionError(`insufficient address space to extend prefix of ${network.prefixLength} by ${newBits}`);
    // A negative extension is not looked at any further, as in the reference.
    if (prefixLength < 0 || (newBits >= 0 && number >= 1n << BigInt(newBits)))
      throw new FunctionError(`prefix extension of ${newBits} does not accommodate a subnet numbered ${number}`);
    const address = network.address | (number << BigInt(network.size - prefixLength));
    return stringValue(networkText({ ...network, address, prefixLength }));
  },
};

const cidrSubnets: FunctionSpec = {
  name: "cidrsubnets",
  params: [param.string("prefix")],
  varParam: { name: "newbits", type: numberType },
  returnType: listType(stringType),
  impl: ([prefix, ...newBits]) => {
    const network = networkOf(textOf(arg(prefix ? [prefix] : [], 0)));
    const end = network.address + (1n << BigInt(network.size - network.prefixLength));
    const texts: string[] = [];
    let last: Network | undefined;
    for (const [index, value] of newBits.entries()) {
      last = nextSubnet({
        network,
        end,
        last,
        newBits: wholeNumberOf(value, { argIndex: index + 1 }),
        argIndex: index + 1,
      });
      texts.push(networkText(last));
    }
    return textValueList(texts);
  },
};

interface SubnetRequest {
  readonly network: Network;
  /** The first address after the network. */
  readonly end: bigint;
  /** The subnet before. */
  readonly last: Network | undefined;
  readonly newBits: number;
  readonly argIndex: number;
}

function nextSubnet({ network, end, last, newBits, argIndex }: SubnetRequest): Network {
  const { size } = network;
  if (newBits < 1) throw new FunctionError("must extend prefix by at least one bit", argIndex);
  if (newBits > MOST_NEW_BITS)
    throw new FunctionError(`may not extend prefix by more than ${MOST_NEW_BITS} bits`, argIndex);
  const prefixLength = network.prefixLength + newBits;
  if (prefixLength > size) {
    const protocol = size === 32 ? "IPv4" : "IPv6";
    throw new FunctionError(
      `would extend prefix to ${prefixLength} bits, which is too long for an ${protocol} address`,
      argIndex,
    );
  }
  const block = 1n << BigInt(size - prefixLength);
  const after = last === undefined ? network.address : last.address + (1n << BigInt(size - last.prefixLength));
  const address = ((after + block - 1n) / block) * block;
  if (address + block > end) {
    const where = last === undefined ? networkText(network) : networkText(last);
    throw new FunctionError(
      `not enough remaining address space for a subnet with a prefix of ${prefixLength} bits after ${where}`,
      argIndex,
    );
  }
  return { size, address, prefixLength };
}

/** The functions of network addresses. */
export const cidrFunctions: readonly FunctionSpec[] = [
  cidrHost,
  stringFunction("cidrnetmask", ["prefix"], (text) => {
    const { size, prefixLength } = networkOf(text);
    const hostBits = BigInt(size - prefixLength);
    return addressText((((1n << BigInt(size)) - 1n) >> hostBits) << hostBits, size);
  }),
  cidrSubnet,
  cidrSubnets,
];
