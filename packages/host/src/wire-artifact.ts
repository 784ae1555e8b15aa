import type { Artifact, ComponentKind, ComponentRef, ResourceRecord } from "@ingot/engine";
import {
  ComponentKind as WireKind,
  ResourceRecord_State,
  type Artifact as WireArtifact,
  type ComponentRef as WireRef,
  type ResourceRecord as WireRecord,
} from "@ingot/protocol";
import { decodeValues } from "./decode-value.js";
import { encodeValues } from "./encode-value.js";
import { WireProblem } from "./wire-problem.js";

const KINDS = {
  builder: WireKind.BUILDER,
  provisioner: WireKind.PROVISIONER,
  "post-processor": WireKind.POST_PROCESSOR,
  "data-source": WireKind.DATA_SOURCE,
  communicator: WireKind.COMMUNICATOR,
} as const;

const KIND_NAMES = new Map<number, ComponentKind>(
  Object.entries(KINDS).map(([name, kind]) => [kind, name as ComponentKind]), // the keys of KINDS are kinds
);

export function encodeComponentRef({ kind, name }: ComponentRef): WireRef {
  return { kind: KINDS[kind], name };
}

/** Reads a kind of component from the wire; undefined for one that this release doesn't know. */
export function decodeComponentKind(wire: number): ComponentKind | undefined {
  return KIND_NAMES.get(wire);
}

export function encodeArtifact(artifact: Artifact): WireArtifact {
  return {
    builderId: artifact.builderId,
    id: artifact.id,
    files: [...artifact.files],
    description: artifact.description,
    state: encodeValues(artifact.state),
    generatedData: encodeValues(artifact.generatedData),
    component: encodeComponentRef(artifact.component),
  };
}

/**
 * Reads an artifact that `maker` gave. One that is still `input` stays the input's maker's: a post-processor that only looks at
 * an artifact gives it back. Throws WireProblem.
 */
export function decodeArtifact(wire: WireArtifact, maker: ComponentRef, input?: Artifact): Artifact {
  if (wire.builderId === "") throw new WireProblem(["artifact", "builder_id"], "is empty");
  const isInput = input !== undefined && wire.builderId === input.builderId && wire.id === input.id;
  return {
    builderId: wire.builderId,
    id: wire.id,
    files: wire.files,
    description: wire.description,
    state: decodeValues(wire.state, ["artifact", "state"]),
    generatedData: decodeValues(wire.generatedData, ["artifact", "generated_data"]),
    component: isInput ? input.component : maker,
  };
}

const STATES = {
  planned: ResourceRecord_State.PLANNED,
  created: ResourceRecord_State.CREATED,
  released: ResourceRecord_State.RELEASED,
} as const;

const STATE_NAMES = new Map<number, ResourceRecord["state"]>(
  Object.entries(STATES).map(([name, state]) => [state, name as ResourceRecord["state"]]), // the keys of STATES
);

export function encodeResource(record: ResourceRecord): WireRecord {
  return {
    recordId: record.recordId,
    kind: record.kind,
    id: record.id,
    locator: { ...record.locator },
    state: STATES[record.state],
    component: encodeComponentRef(record.component),
  };
}

/** Reads a record that `maker` sent. Throws WireProblem. */
export function decodeResource(wire: WireRecord, maker: ComponentRef): ResourceRecord {
  const state = STATE_NAMES.get(wire.state);
  if (state === undefined) throw new WireProblem(["resource", "state"], `is ${wire.state}, which means nothing`);
  if (wire.recordId === "") throw new WireProblem(["resource", "record_id"], "is empty");
  return { recordId: wire.recordId, kind: wire.kind, id: wire.id, locator: wire.locator, state, component: maker };
}
