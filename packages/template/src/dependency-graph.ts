/** Something that must be evaluated after what it refers to. */
export interface GraphVertex {
  /** `local.x` or `data.type.name`. */
  readonly key: string;
  readonly dependencies: readonly string[];
}

/** The vertices in an order in which each comes after its dependencies, and what makes that impossible. */
export interface GraphOrder<V> {
  readonly ordered: readonly V[];
  /** References to what is missing, each on its own, and then all circles together, a line for each. */
  readonly problems: readonly string[];
}

/**
 * Orders vertices by their dependencies; independent ones stay in the given order. Finds references to missing vertices, to
 * themselves, and cycles. Takes time in proportion to vertices and edges.
 */
export function orderByDependencies<V extends GraphVertex>(vertices: readonly V[]): GraphOrder<V> {
  const byKey = new Map(vertices.map((vertex) => [vertex.key, vertex]));
  const problems: string[] = [];
  const selfReferences: string[] = [];
  const edges = new Map<string, readonly string[]>();
  for (const { key, dependencies } of vertices) {
    const known: string[] = [];
    for (const dependency of new Set(dependencies)) {
      if (dependency === key) selfReferences.push(`Self reference: ${key}`);
      else if (byKey.has(dependency)) known.push(dependency);
      else problems.push(missingText(key, dependency));
    }
    edges.set(key, known);
  }
  const components = stronglyConnected([...byKey.keys()], edges);
  const cycles = components.filter((component) => component.length > 1);
  const circles = [...cycles.map((cycle) => `Cycle: ${[...cycle].sort().join(", ")}`), ...selfReferences];
  if (circles.length > 0) problems.push(circles.slice(0, MOST_CIRCLES).join("\n"));
  const ordered = components.flat().flatMap((key) => byKey.get(key) ?? []);
  return { ordered, problems };
}

const MOST_CIRCLES = 100;

function missingText(key: string, dependency: string): string {
  return `could not get dependency ${JSON.stringify(dependency)} for ${JSON.stringify(key)}, ${JSON.stringify(dependency)} missing in template`;
}

/** A vertex on the way, and which of its edges comes next. */
interface Frame {
  readonly key: string;
  next: number;
}

/** Tarjan's algorithm without recursion, so that long chains don't exhaust the stack. Dependencies come first. */
function stronglyConnected(keys: readonly string[], edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const components: string[][] = [];

  const enter = (key: string): Frame => {
    index.set(key, index.size);
    low.set(key, index.size - 1);
    open.push(key);
    isOpen.add(key);
    return { key, next: 0 };
  };
  const lower = (key: string, value: number): void => {
    low.set(key, Math.min(low.get(key) ?? value, value));
  };
  const leave = (key: string): void => {
    if (low.get(key) !== index.get(key)) return;
    const component = open.splice(open.lastIndexOf(key));
    for (const member of component) isOpen.delete(member);
    components.push(component);
  };

  for (const start of keys) {
    if (index.has(start)) continue;
    const path = [enter(start)];
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const target = edges.get(frame.key)?.[frame.next++];
      if (target === undefined) {
        path.pop();
        leave(frame.key);
        const parent = path.at(-1);
        if (parent) lower(parent.key, low.get(frame.key) ?? 0);
      } else if (!index.has(target)) {
        path.push(enter(target));
      } else if (isOpen.has(target)) {
        lower(frame.key, index.get(target) ?? 0);
      }
    }
  }
  return components;
}
