/**
 * Sorts the suffixes of a text by induction (SA-IS), in linear time whatever the text is. Values are from 0 to `highest`. Gives the
 * beginnings of the suffixes in order.
 */
export function suffixArray(text: Uint8Array | Int32Array, highest: number): Int32Array {
  const size = text.length;
  const order = new Int32Array(size);
  if (size < 2) return order;

  // A suffix is of type S when it is smaller than the next one.
  const isSmall = new Uint8Array(size);
  for (let at = size - 2; at >= 0; at -= 1) {
    const [here = 0, next = 0] = [text[at], text[at + 1]];
    isSmall[at] = here < next || (here === next && isSmall[at + 1] === 1) ? 1 : 0;
  }
  const buckets = new Buckets(text, { isSmall, highest, order });

  // The leftmost of each row of S suffixes decide the order of all others.
  const places = new Int32Array(size).fill(-1);
  const leftmost: number[] = [];
  for (let at = 1; at < size; at += 1) {
    if (isSmall[at] === 0 || isSmall[at - 1] === 1) continue;
    places[at] = leftmost.length;
    leftmost.push(at);
  }
  buckets.induce(leftmost);
  if (leftmost.length < 2) return order;

  const sorted = order.filter((at) => (places[at] ?? -1) >= 0);
  const { names, count } = nameParts(text, { sorted, leftmost, places });
  const reduced = suffixArray(names, count - 1);
  buckets.induce(Array.from(reduced, (index) => leftmost[index] ?? 0));
  return order;
}

/** The places in the order where suffixes with the same first value go, L suffixes before S suffixes. */
class Buckets {
  readonly #text: Uint8Array | Int32Array;
  readonly #isSmall: Uint8Array;
  readonly #order: Int32Array;
  /** Where the bucket of each value begins, with one more entry for the end. */
  readonly #starts: Int32Array;
  /** Where the S suffixes of each value begin. */
  readonly #smallStarts: Int32Array;

  constructor(
    text: Uint8Array | Int32Array,
    { isSmall, highest, order }: { readonly isSmall: Uint8Array; readonly highest: number; readonly order: Int32Array },
  ) {
    this.#text = text;
    this.#isSmall = isSmall;
    this.#order = order;
    const large = new Int32Array(highest + 1);
    this.#starts = new Int32Array(highest + 2);
    for (let at = 0; at < text.length; at += 1) {
      const value = text[at] ?? 0;
      this.#starts[value + 1] = (this.#starts[value + 1] ?? 0) + 1;
      if (isSmall[at] === 0) large[value] = (large[value] ?? 0) + 1;
    }
    for (let value = 0; value <= highest; value += 1)
      this.#starts[value + 1] = (this.#starts[value + 1] ?? 0) + (this.#starts[value] ?? 0);
    this.#smallStarts = large.map((count, value) => count + (this.#starts[value] ?? 0));
  }

  /** Orders all suffixes by the order of the leftmost S suffixes. */
  induce(leftmost: readonly number[]): void {
    const text = this.#text;
    const isSmall = this.#isSmall;
    const order = this.#order.fill(-1);
    const size = text.length;
    const next = this.#smallStarts.slice();
    for (const at of leftmost) order[step(next, text[at] ?? 0, 1)] = at;
    next.set(this.#starts.subarray(0, next.length));
    order[step(next, text[size - 1] ?? 0, 1)] = size - 1;
    for (let index = 0; index < size; index += 1) {
      const before = (order[index] ?? 0) - 1;
      if (before >= 0 && isSmall[before] === 0) order[step(next, text[before] ?? 0, 1)] = before;
    }
    next.set(this.#starts.subarray(1));
    for (let index = size - 1; index >= 0; index -= 1) {
      const before = (order[index] ?? 0) - 1;
      if (before >= 0 && isSmall[before] === 1) order[step(next, text[before] ?? 0, -1) - 1] = before;
    }
  }
}

/** Moves a bucket's place and gives where it was. */
function step(places: Int32Array, bucket: number, by: 1 | -1): number {
  const place = places[bucket] ?? 0;
  places[bucket] = place + by;
  return place;
}

/** Gives equal parts between leftmost S suffixes equal numbers, in their order. */
function nameParts(
  text: Uint8Array | Int32Array,
  {
    sorted,
    leftmost,
    places,
  }: { readonly sorted: Int32Array; readonly leftmost: readonly number[]; readonly places: Int32Array },
): { readonly names: Int32Array; readonly count: number } {
  const names = new Int32Array(sorted.length);
  const endOf = (at: number): number => leftmost[(places[at] ?? 0) + 1] ?? text.length;
  let name = 0;
  for (let index = 1; index < sorted.length; index += 1) {
    const [left = 0, right = 0] = [sorted[index - 1], sorted[index]];
    const length = endOf(left) - left;
    let isSame = length === endOf(right) - right && left + length < text.length && right + length < text.length;
    for (let at = 0; isSame && at <= length; at += 1) isSame = text[left + at] === text[right + at];
    if (!isSame) name += 1;
    names[places[right] ?? 0] = name;
  }
  return { names, count: name + 1 };
}
