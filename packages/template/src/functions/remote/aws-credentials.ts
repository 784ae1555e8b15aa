import { FunctionError } from "@ingot/hcl";
import { awsProfileName, readAwsProfile, type AwsProfile } from "./aws-profiles.js";
import { isRecord, parseJson, type RemoteScene } from "./remote-request.js";
import { isTrue } from "./vault.js";

/** What signs requests. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Signs a form for the token service and sends it; gives the XML. */
export type CallTokenService = (form: Readonly<Record<string, string>>, credentials?: AwsCredentials) => string;

/**
 * Finds credentials where the AWS tools do: the environment, a web identity, the shared files with the roles that they name, a
 * container's or a virtual machine's own. Throws FunctionError when there are none.
 */
export function findAwsCredentials(scene: RemoteScene, callTokenService: CallTokenService): AwsCredentials {
  const { env } = scene;
  const profile = readAwsProfile(awsProfileName(scene), scene);
  const found =
    fromEnvironment(env) ??
    fromWebIdentity(scene, callTokenService) ??
    (profile && fromProfile(profile, { scene, callTokenService, seen: new Set([awsProfileName(scene)]) })) ??
    fromContainer(scene) ??
    fromMachine(scene);
  if (found !== undefined) return found;
  if (env["AWS_PROFILE"] && profile === undefined)
    throw new FunctionError(`failed to get shared config profile, ${env["AWS_PROFILE"]}`);
  throw new FunctionError(
    "no AWS credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run where a role gives them",
  );
}

function fromEnvironment(env: RemoteScene["env"]): AwsCredentials | undefined {
  return credentialsOf({
    aws_access_key_id: env["AWS_ACCESS_KEY_ID"] || env["AWS_ACCESS_KEY"],
    aws_secret_access_key: env["AWS_SECRET_ACCESS_KEY"] || env["AWS_SECRET_KEY"],
    aws_session_token: env["AWS_SESSION_TOKEN"],
  });
}

function credentialsOf(settings: Readonly<Record<string, string | undefined>>): AwsCredentials | undefined {
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey, aws_session_token: token } = settings;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(token && { sessionToken: token }) };
}

function fromWebIdentity(
  { env, readText }: RemoteScene,
  callTokenService: CallTokenService,
  settings: AwsProfile = {},
): AwsCredentials | undefined {
  const file = settings["web_identity_token_file"] ?? env["AWS_WEB_IDENTITY_TOKEN_FILE"];
  const role = settings["role_arn"] ?? env["AWS_ROLE_ARN"];
  if (!file || !role) return undefined;
  const token = readText(file);
  if (token === undefined) throw new FunctionError(`cannot read the web identity token in ${file}`);
  return fromXml(
    callTokenService({
      Action: "AssumeRoleWithWebIdentity",
      RoleArn: role,
      RoleSessionName: settings["role_session_name"] ?? env["AWS_ROLE_SESSION_NAME"] ?? "ingot",
      WebIdentityToken: token.trim(),
    }),
  );
}

interface ProfileSearch {
  readonly scene: RemoteScene;
  readonly callTokenService: CallTokenService;
  readonly seen: Set<string>;
}

function fromProfile(profile: AwsProfile, search: ProfileSearch): AwsCredentials | undefined {
  const { scene, callTokenService, seen } = search;
  const role = profile["role_arn"];
  if (role === undefined) {
    const own = credentialsOf(profile);
    const other = ["credential_process", "sso_session", "sso_start_url"].find((name) => profile[name] !== undefined);
    if (own !== undefined || other === undefined) return own;
    throw new FunctionError(
      `the AWS profile uses ${other}, which Ingot does not; export its credentials to the environment, for example with "aws configure export-credentials --format env"`,
    );
  }
  if (profile["web_identity_token_file"] !== undefined) return fromWebIdentity(scene, callTokenService, profile);
  const credentials = sourceOfRole(profile, search);
  if (credentials === undefined) throw new FunctionError(`the AWS profile for role ${role} has no source credentials`);
  seen.clear();
  return fromXml(
    callTokenService(
      {
        Action: "AssumeRole",
        RoleArn: role,
        RoleSessionName: profile["role_session_name"] ?? "ingot",
        ...(profile["external_id"] && { ExternalId: profile["external_id"] }),
        ...(profile["duration_seconds"] && { DurationSeconds: profile["duration_seconds"] }),
      },
      credentials,
    ),
  );
}

function sourceOfRole(profile: AwsProfile, search: ProfileSearch): AwsCredentials | undefined {
  const { scene, seen } = search;
  const kind = profile["credential_source"];
  if (kind === "Environment") return fromEnvironment(scene.env);
  if (kind === "EcsContainer") return fromContainer(scene);
  if (kind === "Ec2InstanceMetadata") return fromMachine(scene);
  const name = profile["source_profile"];
  if (name === undefined) return undefined;
  const source = readAwsProfile(name, scene);
  // A profile may be its own source: its role is taken with its own keys.
  if (source === undefined || seen.has(name)) return source && credentialsOf(source);
  seen.add(name);
  return fromProfile(source, search);
}

function fromXml(xml: string): AwsCredentials {
  const field = (name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  const found = credentialsOf({
    aws_access_key_id: field("AccessKeyId"),
    aws_secret_access_key: field("SecretAccessKey"),
    aws_session_token: field("SessionToken"),
  });
  if (found === undefined) throw new FunctionError("the AWS token service gave no credentials");
  return found;
}

function fromContainer({ env, send, readText }: RemoteScene): AwsCredentials | undefined {
  const relative = env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"];
  const url = relative ? `http://169.254.170.2${relative}` : env["AWS_CONTAINER_CREDENTIALS_FULL_URI"];
  if (!url) return undefined;
  const file = env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"];
  const token = (file && readText(file)?.trim()) || env["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
  const headers = token ? { Authorization: token } : {};
  return fromJson(send({ method: "GET", url, headers, timeoutMs: 5000 }).body);
}

function fromMachine({ env, send }: RemoteScene): AwsCredentials | undefined {
  if (isTrue(env["AWS_EC2_METADATA_DISABLED"])) return undefined;
  const base = (env["AWS_EC2_METADATA_SERVICE_ENDPOINT"] || "http://169.254.169.254").replace(/\/+$/, "");
  try {
    const ttl = { "X-aws-ec2-metadata-token-ttl-seconds": "300" };
    const token = send({ method: "PUT", url: `${base}/latest/api/token`, headers: ttl, timeoutMs: 1000 });
    const headers = { "X-aws-ec2-metadata-token": token.body };
    const url = `${base}/latest/meta-data/iam/security-credentials/`;
    const roles = send({ method: "GET", url, headers, timeoutMs: 1000 });
    const [role = ""] = roles.status === 200 ? roles.body.trim().split("\n") : [];
    return role === "" ? undefined : fromJson(send({ method: "GET", url: url + role, headers, timeoutMs: 1000 }).body);
  } catch {
    // Not on a machine of Amazon's.
    return undefined;
  }
}

function fromJson(body: string): AwsCredentials | undefined {
  const answer = parseJson(body);
  if (!isRecord(answer)) return undefined;
  const text = (name: string): string | undefined => (typeof answer[name] === "string" ? answer[name] : undefined);
  return credentialsOf({
    aws_access_key_id: text("AccessKeyId"),
    aws_secret_access_key: text("SecretAccessKey"),
    aws_session_token: text("Token"),
  });
}
