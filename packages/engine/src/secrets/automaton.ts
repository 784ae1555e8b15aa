const ELLIPSIS = [0xe2, 0x80, 0xa6];
/** The start of a secret that was cut off counts from this length on. */
const SHORTEST_CUT = 4;
/** The start of a secret at the end of a text counts as most of it from this length on, if it is half of the secret. */
const SHORTEST_MOST = 8;

/**
 * Finds all of many byte strings in one pass over a text, in time that does not depend on how many there are (Aho and Corasick's
 * automaton). The edges of all nodes are in one hash table of numbers, so that a million nodes need a few megabytes.
 */
export class Automaton {
  readonly #root = new Int32Array(256);
  #edges: EdgeTable;
  readonly #fail: Int32Array;
  /** How long the longest pattern is that ends at a node. */
  readonly #out: Int32Array;
  readonly #depth: Int32Array;
  /** How long the shortest pattern is that goes through a node. */
  readonly #shortest: Int32Array;

  constructor(patterns: readonly Uint8Array[]) {
    const total = patterns.reduce((sum, { length }) => sum + length, 1);
    const parent = new Int32Array(total);
    const byteOf = new Uint8Array(total);
    this.#edges = new EdgeTable(total);
    this.#out = new Int32Array(total);
    this.#depth = new Int32Array(total);
    this.#shortest = new Int32Array(total).fill(0x7fffffff);
    let count = 1;
    for (const pattern of patterns) {
      let node = 0;
      for (const byte of pattern) {
        let next = this.#edges.get(node, byte);
        if (next === 0) {
          next = count++;
          parent[next] = node;
          byteOf[next] = byte;
          this.#depth[next] = (this.#depth[node] ?? 0) + 1;
          this.#edges.set(node, byte, next);
          if (node === 0) this.#root[byte] = next;
        }
        node = next;
        if (pattern.length < (this.#shortest[node] ?? 0)) this.#shortest[node] = pattern.length;
      }
      this.#out[node] = pattern.length;
    }
    this.#fail = new Int32Array(count);
    this.#link(parent, byteOf, count);
  }

  /**
   * Adds the places of all matches to `ranges`; what overlaps becomes one range, what only touches does not. Gives how many bytes at
   * the end may be the start of a secret.
   */
  scan(bytes: Uint8Array, ranges: RangeList): TextEnd {
    const root = this.#root;
    const out = this.#out;
    let node = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (node !== 0 && byte === 0xe2) this.#noteCut(node, bytes, at, ranges);
      node = node === 0 ? (root[byte] ?? 0) : this.#step(node, byte);
      if (node === 0) continue;
      const length = out[node] ?? 0;
      if (length > 0) ranges.add(at + 1 - length, at + 1);
    }
    return { depth: this.#depth[node] ?? 0, most: this.#mostOfOne(node) };
  }

  /** How many bytes at the end of what led to a node are most of a pattern; 0: none. */
  #mostOfOne(end: number): number {
    for (let node = end; node !== 0; node = this.#fail[node] ?? 0) {
      const depth = this.#depth[node] ?? 0;
      if (depth < SHORTEST_MOST) return 0;
      if (depth * 2 >= (this.#shortest[node] ?? 0)) return depth;
    }
    return 0;
  }

  /** A start of a secret in front of an ellipsis is a secret that somebody has cut. */
  #noteCut(node: number, bytes: Uint8Array, at: number, ranges: RangeList): void {
    const depth = this.#depth[node] ?? 0;
    if (depth >= SHORTEST_CUT && ELLIPSIS.every((byte, place) => bytes[at + place] === byte))
      ranges.add(at - depth, at);
  }

  #step(from: number, byte: number): number {
    let node = from;
    for (;;) {
      const next = this.#edges.get(node, byte);
      if (next !== 0) return next;
      if (node === 0) return 0;
      node = this.#fail[node] ?? 0;
      if (node === 0) return this.#root[byte] ?? 0;
    }
  }

  /** Links every node to the longest other node that is an end of it, the short ones first. */
  #link(parent: Int32Array, byteOf: Uint8Array, count: number): void {
    for (const node of nodesByDepth(this.#depth, count)) {
      const above = parent[node] ?? 0;
      const fail = above === 0 ? 0 : this.#step(this.#fail[above] ?? 0, byteOf[node] ?? 0);
      this.#fail[node] = fail;
      if ((this.#out[node] ?? 0) === 0) this.#out[node] = this.#out[fail] ?? 0;
    }
  }
}

/** What the end of a text may be the start of. */
export interface TextEnd {
  /** How many bytes at the end are the start of some pattern; 0: none. */
  readonly depth: number;
  /** How many are at least half of some pattern; 0: none. */
  readonly most: number;
}

/** Ranges in order of their ends, merged where they overlap. */
export class RangeList {
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  add(start: number, end: number): void {
    let from = start;
    let to = end;
    for (;;) {
      const last = this.ends.length - 1;
      if (last < 0 || (this.ends[last] ?? 0) <= from) break;
      from = Math.min(from, this.starts[last] ?? 0);
      to = Math.max(to, this.ends[last] ?? 0);
      this.starts.pop();
      this.ends.pop();
    }
    this.starts.push(from);
    this.ends.push(to);
  }
}

/** All nodes but the root; those near the root first. */
function nodesByDepth(depth: Int32Array, count: number): Int32Array {
  let deepest = 0;
  for (let node = 1; node < count; node++) deepest = Math.max(deepest, depth[node] ?? 0);
  const next = new Int32Array(deepest + 2);
  for (let node = 1; node < count; node++) next[(depth[node] ?? 0) + 1] = (next[(depth[node] ?? 0) + 1] ?? 0) + 1;
  for (let level = 1; level < next.length; level++) next[level] = (next[level] ?? 0) + (next[level - 1] ?? 0);
  const sorted = new Int32Array(count - 1);
  for (let node = 1; node < count; node++) {
    const level = depth[node] ?? 0;
    const place = next[level] ?? 0;
    sorted[place] = node;
    next[level] = place + 1;
  }
  return sorted;
}

/** A hash table from a node and a byte to a node. 0 stands for "none": no edge leads to the root. */
class EdgeTable {
  readonly #keys: Float64Array | Int32Array;
  readonly #values: Int32Array;
  readonly #mask: number;

  constructor(edges: number) {
    let size = 16;
    while (size < edges * 2) size *= 2;
    // Keys are node * 256 + byte; 32 bits are enough for eight million nodes.
    this.#keys = edges < 0x7f_ffff ? new Int32Array(size) : new Float64Array(size);
    this.#values = new Int32Array(size);
    this.#mask = size - 1;
  }

  get(node: number, byte: number): number {
    const key = node * 256 + byte;
    for (let slot = this.#slot(key); ; slot = (slot + 1) & this.#mask) {
      const value = this.#values[slot] ?? 0;
      if (value === 0 || this.#keys[slot] === key) return value;
    }
  }

  set(node: number, byte: number, value: number): void {
    const key = node * 256 + byte;
    let slot = this.#slot(key);
    while (this.#values[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#keys[slot] = key;
    this.#values[slot] = value;
  }

  #slot(key: number): number {
    const mixed = Math.imul(key, 0x9e3779b1);
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }
}
