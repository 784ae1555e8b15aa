import { describe, expect, test } from "@jest/globals";
import { FastCommunicatorService } from "./communicator-codec.js";
import type { ExecResponse, UploadDirRequest } from "./gen/ingot/plugin/v1/communicator.js";
import { CommunicatorServiceService, ExecExit } from "./gen/ingot/plugin/v1/communicator.js";

describe("the codecs of messages that carry bytes", () => {
  test.each([0, 1, 127, 128, 16_383, 16_384, 1_048_576])("write and read %i bytes as the generated ones do", (size) => {
    const value = Buffer.alloc(size, "x");
    const message: ExecResponse = { message: { $case: "stderr", value } };
    const fast = FastCommunicatorService.exec.responseSerialize(message);
    const slow = CommunicatorServiceService.exec.responseSerialize(message);
    expect(fast.equals(slow)).toBe(true);
    for (const service of [FastCommunicatorService, CommunicatorServiceService]) {
      const read = service.exec.responseDeserialize(slow).message;
      expect(read?.$case).toBe("stderr");
      expect(value.equals(read?.value as Buffer)).toBe(true);
    }
  });

  test("leave other messages to the generated ones", () => {
    const exit = ExecExit.fromPartial({ status: 3 });
    const message: ExecResponse = { message: { $case: "exit", value: exit } };
    const bytes = FastCommunicatorService.exec.responseSerialize(message);
    expect(FastCommunicatorService.exec.responseDeserialize(bytes)).toEqual(message);
    const empty: UploadDirRequest = { message: undefined };
    expect(FastCommunicatorService.uploadDir.requestDeserialize(Buffer.alloc(0))).toEqual(empty);
  });

  test("read a message with more than one field as protobuf says: the last one counts", () => {
    const chunk = FastCommunicatorService.upload.requestSerialize({
      message: { $case: "chunk", value: Buffer.from("a") },
    });
    const other = FastCommunicatorService.upload.requestSerialize({
      message: { $case: "chunk", value: Buffer.from("b") },
    });
    const read = FastCommunicatorService.upload.requestDeserialize(Buffer.concat([chunk, other]));
    expect(read).toEqual({ message: { $case: "chunk", value: Buffer.from("b") } });
  });
});
