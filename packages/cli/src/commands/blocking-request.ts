import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { RemoteRequest, RemoteResponse } from "@ingot/template";

/**
 * Sends an HTTP request and blocks until the answer is there. For functions of templates, which are evaluated synchronously: a thread
 * does the waiting. Throws an Error when there is no answer.
 */
export function blockingRequest(request: RemoteRequest): RemoteResponse {
  const { port1: here, port2: there } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(WORKER, {
    eval: true,
    execArgv: [],
    workerData: { request, there, signal },
    transferList: [there],
  });
  worker.unref();
  // The thread gives up by itself; the extra time is for its start.
  const outcome = Atomics.wait(signal, 0, 0, request.timeoutMs + 5_000);
  const answer = receiveMessageOnPort(here)?.message as WorkerAnswer | undefined; // the thread below posts nothing else
  here.close();
  void worker.terminate(); // it holds nothing, and nobody waits for its end
  if (outcome === "timed-out" || answer === undefined)
    throw new Error(`no answer within ${request.timeoutMs / 1000} s`);
  if ("problem" in answer) throw new Error(answer.problem);
  return answer;
}

type WorkerAnswer = RemoteResponse | { readonly problem: string };

/** A text, so that it needs no file of its own beside the bundle. It knows nothing but HTTP. */
const WORKER = `
const load = require; // the bundle rewrites what looks like an import of its own
const { workerData: { request, there, signal } } = load("node:worker_threads");
const MOST_BYTES = 16 * 1024 * 1024;
const finish = (answer) => {
  there.postMessage(answer);
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
  process.exit();
};
const fail = (error) => finish({ problem: error.message || (error.errors && error.errors[0] && error.errors[0].message) || String(error.code || error) });
try {
  const { method, headers, body, timeoutMs, tls = {} } = request;
  const isSocket = request.url.startsWith("unix://");
  const url = isSocket ? undefined : new URL(request.url);
  const { request: open } = load(url && url.protocol === "https:" ? "node:https" : "node:http");
  const where = isSocket
    ? { socketPath: request.url.slice("unix://".length), path: request.path }
    : { protocol: url.protocol, hostname: url.hostname.replace(/^\\[|\\]$/g, ""), port: url.port || undefined, path: url.pathname + url.search };
  const trust = { ca: tls.ca, cert: tls.cert, key: tls.key, servername: tls.serverName, rejectUnauthorized: !tls.skipVerify };
  const defined = Object.fromEntries(Object.entries(trust).filter(([, value]) => value !== undefined));
  const signalOfTimeout = AbortSignal.timeout(timeoutMs);
  signalOfTimeout.addEventListener("abort", () => fail(new Error("no answer within " + timeoutMs / 1000 + " s")));
  const outgoing = open({ ...where, ...defined, method, headers, agent: false }, (response) => {
    const chunks = [];
    let size = 0;
    response.on("data", (chunk) => {
      size += chunk.length;
      if (size > MOST_BYTES) fail(new Error("the answer is too large"));
      chunks.push(chunk);
    });
    response.on("error", fail);
    response.on("end", () => finish({ status: response.statusCode, body: Buffer.concat(chunks).toString() }));
  });
  outgoing.on("error", fail);
  outgoing.end(body);
} catch (error) {
  fail(error);
}
`;
