import type grpc from "@grpc/grpc-js";

/**
 * Loads grpc-js on first use: it takes longer than everything else that starts with a plugin. The library is CommonJS; the
 * default export is the one that exists in Node and in bundles alike.
 */
export async function loadGrpc(): Promise<typeof grpc> {
  return (await import("@grpc/grpc-js")).default;
}
