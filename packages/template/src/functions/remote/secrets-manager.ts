import { messageOf } from "@ingot/diag";
import { FunctionError } from "@ingot/hcl";
import type * as Aws4 from "aws4";
import { findAwsCredentials, type AwsCredentials } from "./aws-credentials.js";
import { awsProfileName, readAwsProfile } from "./aws-profiles.js";
import { isRecord, parseJson, type RemoteResponse, type RemoteScene } from "./remote-request.js";

/** The text of a secret of AWS Secrets Manager. Throws FunctionError. */
export function readAwsSecret(name: string, scene: RemoteScene, aws4: Pick<typeof Aws4, "sign">): string {
  if (name === "") throw new FunctionError("At least one secret name must be provided");
  const region = findRegion(scene);
  const credentials = findAwsCredentials(scene, (form, signer) =>
    callTokenService(form, { region, signer, scene, aws4 }),
  );
  const response = sendSigned({
    ...{
      service: "secretsmanager",
      endpointVariable: "AWS_ENDPOINT_URL_SECRETS_MANAGER",
      region,
      credentials,
      scene,
      aws4,
    },
    headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager.GetSecretValue" },
    body: JSON.stringify({ SecretId: name, VersionStage: "AWSCURRENT" }),
  });
  const answer = parseJson(response.body);
  if (response.status !== 200) throw new FunctionError(problemOf(response, answer));
  if (!isRecord(answer) || typeof answer["SecretString"] !== "string") throw new FunctionError("Secret is not string");
  return answer["SecretString"];
}

/** One member of a secret that is a JSON object, or the whole text of any other. */
export function memberOfAwsSecret(text: string, key: string): string {
  const secret = parseJson(text);
  if (!isRecord(secret)) return text;
  const members = Object.entries(secret);
  if (key === "" && members.length > 1) throw new FunctionError("Secret has multiple values and no key was set");
  const [, value] = (key === "" ? members[0] : members.find(([name]) => name === key)) ?? [];
  if (value === undefined) throw new FunctionError(`No secret found for key ${JSON.stringify(key)}`);
  if (typeof value === "string") return value;
  if (typeof value === "number") return BigInt(Math.round(value)).toString();
  const type = value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
  throw new FunctionError(`Unsupported secret value type: ${type}`);
}

function problemOf({ status }: RemoteResponse, answer: unknown): string {
  const fields = isRecord(answer) ? answer : {};
  const text = (...names: string[]): string | undefined =>
    names.map((name) => fields[name]).find((field) => typeof field === "string");
  const type = text("__type")?.replace(/^.*#/, "") ?? `status ${status}`;
  return `error reading the secret: ${type}: ${text("message", "Message") ?? "no message"}`;
}

function findRegion(scene: RemoteScene): string {
  const { env } = scene;
  const region =
    env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || readAwsProfile(awsProfileName(scene), scene)?.["region"];
  if (region === undefined || !/^[a-z0-9-]+$/.test(region))
    throw new FunctionError("no AWS region is set; set AWS_REGION, or region in the AWS profile");
  return region;
}

interface TokenCall {
  readonly region: string;
  readonly signer: AwsCredentials | undefined;
  readonly scene: RemoteScene;
  readonly aws4: Pick<typeof Aws4, "sign">;
}

function callTokenService(form: Readonly<Record<string, string>>, { region, signer, scene, aws4 }: TokenCall): string {
  const { status, body } = sendSigned({
    ...{ service: "sts", endpointVariable: "AWS_ENDPOINT_URL_STS", region, credentials: signer, scene, aws4 },
    headers: { "Content-Type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: new URLSearchParams({ Version: "2011-06-15", ...form }).toString(),
  });
  if (status === 200) return body;
  const message = /<Message>([^<]*)<\/Message>/.exec(body)?.[1] ?? `status ${status}`;
  throw new FunctionError(`the AWS token service refused ${form["Action"] ?? "the call"}: ${message}`);
}

interface SignedCall extends Omit<TokenCall, "signer"> {
  readonly service: string;
  readonly endpointVariable: string;
  /** Absent: the call is not signed. */
  readonly credentials: AwsCredentials | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function sendSigned(call: SignedCall): RemoteResponse {
  const { service, region, credentials, scene, aws4, body } = call;
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const standard = `https://${service}.${region}.${domain}`;
  const endpoint = new URL(scene.env[call.endpointVariable] || scene.env["AWS_ENDPOINT_URL"] || standard);
  const path = endpoint.pathname;
  const plain = { host: endpoint.host, method: "POST", path, service, region, headers: { ...call.headers }, body };
  const signed = credentials ? aws4.sign(plain, credentials) : plain;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(signed.headers ?? {})) {
    // Node computes this one.
    if (name.toLowerCase() !== "content-length") headers[name] = String(value);
  }
  const ca = scene.env["AWS_CA_BUNDLE"] ? scene.readText(scene.env["AWS_CA_BUNDLE"]) : undefined;
  try {
    const tls = ca === undefined ? {} : { tls: { ca: [ca] } };
    return scene.send({ method: "POST", url: endpoint.href, headers, body, timeoutMs: 30_000, ...tls });
  } catch (error) {
    const problem = `cannot reach ${endpoint.host}: ${messageOf(error)}`;
    throw new FunctionError(problem, undefined, { cause: error });
  }
}
