/** A range of addresses: `size` is 32 or 128 bits, `address` has its host bits cleared. */
export interface Network {
  readonly size: 32 | 128;
  readonly address: bigint;
  readonly prefixLength: number;
}

/** Reads `ADDRESS/LENGTH` and clears the host bits; `undefined` when the text is something else. */
export function parseNetwork(text: string): Network | undefined {
  const match = /^([^/]+)\/([0-9]+)$/.exec(text);
  if (!match) return undefined;
  const address = parseAddress(match[1] ?? "");
  const prefixLength = Number(match[2]);
  if (address === undefined || prefixLength > address.size) return undefined;
  const hostBits = BigInt(address.size - prefixLength);
  return { size: address.size, address: (address.value >> hostBits) << hostBits, prefixLength };
}

interface Address {
  readonly size: 32 | 128;
  readonly value: bigint;
}

function parseAddress(text: string): Address | undefined {
  if (!text.includes(":")) {
    const value = parseV4(text);
    return value === undefined ? undefined : { size: 32, value };
  }
  const value = parseV6(text);
  return value === undefined ? undefined : { size: 128, value };
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseV6(text: string): bigint | undefined {
  let source = text;
  const tail = /(?:^|:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)?.[1];
  if (tail !== undefined) {
    const value = parseV4(tail);
    if (value === undefined) return undefined;
    source = `${text.slice(0, -tail.length)}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
  }
  const halves = source.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const count = groups.reduce((sum, half) => sum + half.length, 0);
  if (halves.length === 1 ? count !== 8 : count > 7) return undefined;
  const zeros = Array.from({ length: 8 - count }, () => "0");
  const all = [...(groups[0] ?? []), ...zeros, ...(groups[1] ?? [])];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** Writes an address: dotted, or in the short form of IPv6. */
export function addressText(value: bigint, size: 32 | 128): string {
  if (size === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");
  if (value >> 32n === 0xffffn) return addressText(value & 0xffffffffn, 32);
  const groups = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - index * 16)) & 0xffffn);
  const [start, length] = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

function longestZeros(groups: readonly bigint[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0n) length++;
    if (length > best[1]) best = [start, length];
  }
  return best;
}

export function networkText(network: Network): string {
  return `${addressText(network.address, network.size)}/${network.prefixLength}`;
}
