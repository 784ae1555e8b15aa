const MAX_LENGTH = 17;
const ROUNDS = 4;
const GROUP = 50;

/** How a block's symbols are coded: several tables of code lengths, and which of them each 50 symbols use. */
export interface Bzip2Tables {
  readonly lengths: readonly Uint8Array[];
  readonly selectors: Uint8Array;
}

/** Fits tables to symbols: begins with tables for ranges of equal weight, then lets groups choose and tables follow, four times. */
export function fitTables(symbols: Uint16Array, alphabet: number): Bzip2Tables {
  const count =
    symbols.length < 200 ? 2 : symbols.length < 600 ? 3 : symbols.length < 1200 ? 4 : symbols.length < 2400 ? 5 : 6;
  let lengths = startTables(symbols, { alphabet, count });
  const selectors = new Uint8Array(Math.ceil(symbols.length / GROUP));
  for (let round = 0; round < ROUNDS; round += 1) {
    const weights = lengths.map(() => new Uint32Array(alphabet));
    for (let group = 0; group < selectors.length; group += 1) {
      const part = symbols.subarray(group * GROUP, (group + 1) * GROUP);
      const chosen = cheapest(part, lengths);
      selectors[group] = chosen;
      const weight = weights[chosen] as Uint32Array; // there is one for each table
      for (const symbol of part) weight[symbol] = (weight[symbol] ?? 0) + 1;
    }
    lengths = weights.map(codeLengths);
  }
  return { lengths, selectors };
}

function startTables(
  symbols: Uint16Array,
  { alphabet, count }: { readonly alphabet: number; readonly count: number },
): Uint8Array[] {
  const weights = new Uint32Array(alphabet);
  for (const symbol of symbols) weights[symbol] = (weights[symbol] ?? 0) + 1;
  const tables: Uint8Array[] = [];
  let symbol = 0;
  let left = symbols.length;
  for (let index = 0; index < count; index += 1) {
    const table = new Uint8Array(alphabet).fill(15);
    const share = left / (count - index);
    for (let taken = 0; symbol < alphabet && taken < share; symbol += 1) {
      taken += weights[symbol] ?? 0;
      left -= weights[symbol] ?? 0;
      table[symbol] = 1;
    }
    tables.push(table);
  }
  return tables;
}

function cheapest(part: Uint16Array, tables: readonly Uint8Array[]): number {
  let best = 0;
  let least = Infinity;
  for (const [index, table] of tables.entries()) {
    let cost = 0;
    for (const symbol of part) cost += table[symbol] ?? 0;
    if (cost < least) [best, least] = [index, cost];
  }
  return best;
}

/** Huffman's code lengths for weights; weights are flattened until no code is too long. Every symbol gets a code. */
function codeLengths(weights: Uint32Array): Uint8Array {
  for (let divisor = 1; ; divisor *= 2) {
    const lengths = huffman(Array.from(weights, (weight) => Math.floor(weight / divisor) + 1));
    if (lengths.every((length) => length <= MAX_LENGTH)) return lengths;
  }
}

function huffman(weights: readonly number[]): Uint8Array {
  const leaves = weights.map((weight, symbol) => ({ weight, symbol })).sort((a, b) => a.weight - b.weight);
  // Two queues, both in order: leaves, and nodes as they are made.
  const parents = new Int32Array(2 * weights.length);
  const made: number[] = [];
  let leaf = 0;
  let node = 0;
  const take = (parent: number): number => {
    const [a, b] = [leaves[leaf]?.weight ?? Infinity, made[node] ?? Infinity];
    if (a <= b) {
      parents[leaf] = parent;
      leaf += 1;
      return a;
    }
    parents[weights.length + node] = parent;
    node += 1;
    return b;
  };
  for (let parent = 0; parent < weights.length - 1; parent += 1) made.push(take(parent) + take(parent));
  const depths = new Uint8Array(made.length);
  for (let index = made.length - 2; index >= 0; index -= 1) {
    depths[index] = (depths[parents[weights.length + index] ?? 0] ?? 0) + 1;
  }
  const lengths = new Uint8Array(weights.length);
  for (const [index, { symbol }] of leaves.entries()) lengths[symbol] = (depths[parents[index] ?? 0] ?? 0) + 1;
  return lengths;
}
