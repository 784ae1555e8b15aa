import type { CommunicatorConfig } from "../schema/communicator.js";
import type { ConnectContext, ConnectedMachine, ConnectOptions } from "./connect.js";

/**
 * Connects to a machine as the communicator options say: by SSH, or not at all with `none`. Waits until the machine answers,
 * with the lines for the user. Rejects with an Error when that fails, and with the signal's reason on abort. Dispose the machine
 * to disconnect. The SSH library is loaded now and not before.
 */
export async function connectCommunicator(
  config: CommunicatorConfig,
  context: ConnectContext,
  options: ConnectOptions = {},
): Promise<ConnectedMachine> {
  const { connect } = await import("./connect.js");
  return connect(config, context, options);
}
