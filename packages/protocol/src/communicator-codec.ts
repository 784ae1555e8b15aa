import {
  CommunicatorServiceService,
  DownloadDirResponse,
  DownloadResponse,
  ExecRequest,
  ExecResponse,
  UploadDirRequest,
  UploadRequest,
} from "./gen/ingot/plugin/v1/communicator.js";

interface Message {
  readonly message: { readonly $case: string; readonly value: unknown } | undefined;
}

interface Codec<T> {
  readonly serialize: (message: T) => Buffer;
  readonly deserialize: (bytes: Buffer) => T;
}

/** Wire type 2: a length, then that many bytes. */
const LENGTH_DELIMITED = 2;

/**
 * The communicator service with codecs of its own for the messages that carry bytes: the generated ones copy each chunk two
 * times on the way out and once on the way in, these copy it once and not at all. What is on the wire is the same.
 */
export const FastCommunicatorService = {
  ...CommunicatorServiceService,
  exec: {
    ...CommunicatorServiceService.exec,
    ...request(codec(ExecRequest, { stdin: 2 })),
    ...response(codec(ExecResponse, { stdout: 1, stderr: 2 })),
  },
  upload: { ...CommunicatorServiceService.upload, ...request(codec(UploadRequest, { chunk: 2 })) },
  download: { ...CommunicatorServiceService.download, ...response(codec(DownloadResponse, { chunk: 2 })) },
  uploadDir: { ...CommunicatorServiceService.uploadDir, ...request(codec(UploadDirRequest, { chunk: 3 })) },
  downloadDir: { ...CommunicatorServiceService.downloadDir, ...response(codec(DownloadDirResponse, { chunk: 2 })) },
} as const;

function request<T>({ serialize, deserialize }: Codec<T>) {
  return { requestSerialize: serialize, requestDeserialize: deserialize };
}

function response<T>({ serialize, deserialize }: Codec<T>) {
  return { responseSerialize: serialize, responseDeserialize: deserialize };
}

/** Makes a codec that writes and reads the given bytes fields itself, and leaves everything else to the generated code. */
function codec<T extends Message>(
  generated: { encode(message: T): { finish(): Uint8Array }; decode(bytes: Uint8Array): T },
  fields: Readonly<Record<string, number>>,
): Codec<T> {
  const tagOf = new Map(Object.entries(fields).map(([name, number]) => [name, (number << 3) | LENGTH_DELIMITED]));
  const nameOf = new Map([...tagOf].map(([name, tag]) => [tag, name]));
  return {
    serialize: (message) => {
      const tag = message.message === undefined ? undefined : tagOf.get(message.message.$case);
      if (tag === undefined) {
        const bytes = generated.encode(message).finish();
        return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      }
      return writeField(tag, message.message?.value as Uint8Array);
    },
    deserialize: (bytes) => {
      const name = nameOf.get(bytes[0] ?? 0);
      const value = name === undefined ? undefined : readOnlyField(bytes);
      // The message is of this shape: its only field is the bytes field of that name.
      return value === undefined ? generated.decode(bytes) : ({ message: { $case: name, value } } as unknown as T);
    },
  };
}

function writeField(tag: number, value: Uint8Array): Buffer {
  const prefix = [tag];
  let length = value.length;
  for (; length > 0x7f; length >>>= 7) prefix.push((length & 0x7f) | 0x80);
  prefix.push(length);
  const buffer = Buffer.allocUnsafe(prefix.length + value.length);
  buffer.set(prefix, 0);
  buffer.set(value, prefix.length);
  return buffer;
}

/** Gives the value of a message that consists of one length-delimited field; undefined when there is more to it. */
function readOnlyField(bytes: Buffer): Buffer | undefined {
  let length = 0;
  let at = 1;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined) return undefined;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return at + length === bytes.length ? bytes.subarray(at) : undefined;
}
