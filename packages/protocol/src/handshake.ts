/** What host and plugin agree on before they speak gRPC. Source: go-plugin's handshake. */
export const HANDSHAKE = {
  /** go-plugin's own version, the first field of the handshake line. */
  coreVersion: 1,
  /** Versions of Ingot's protocol (`ingot.plugin.v1` is 1) that this release speaks, newest first. */
  protocolVersions: [1],
  /** Set by the host so that a plugin started by hand can say that it is one. Not a secret. */
  cookieName: "INGOT_PLUGIN_MAGIC_COOKIE",
  cookieValue: "6b1f3f2f6d0c8d0f2a3ee1d3f7a6c1d94f5c0b8f7f1f5f0f9d5b4c0f3a7e2d18",
  /** The service name that the health service must report as SERVING. */
  healthService: "plugin",
} as const;

/** The environment variables of the handshake, set by the host. */
export const HANDSHAKE_ENV = {
  protocolVersions: "PLUGIN_PROTOCOL_VERSIONS",
  clientCertificate: "PLUGIN_CLIENT_CERT",
  socketDir: "PLUGIN_UNIX_SOCKET_DIR",
  minPort: "PLUGIN_MIN_PORT",
  maxPort: "PLUGIN_MAX_PORT",
} as const;

/**
 * How much a sender may have under way before the receiver takes it, in bytes. With HTTP/2's own 64 KiB bulk transfers spend
 * their time waiting.
 */
export const FLOW_CONTROL_WINDOW = 4 * 1024 * 1024;

/**
 * Options of every gRPC channel and server of the protocol: no limit on message size, as on go-plugin's side, and a window
 * that suits bulk transfers.
 */
export const CHANNEL_OPTIONS = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
  "grpc-node.flow_control_window": FLOW_CONTROL_WINDOW,
} as const;
