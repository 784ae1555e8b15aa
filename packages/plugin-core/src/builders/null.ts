import {
  builder,
  communicatorData,
  connectCommunicator,
  schema as s,
  type CommunicatorConfig,
  type Problem,
} from "@ingot/sdk";

const SEE_DOCS = "please reference your communicator documentation";

/** The builder that makes nothing: it connects to a machine that exists already, or to none, and runs provisioners. */
export const nullBuilder = builder({
  name: "null",
  summary: "Runs provisioners against a machine that exists already, or against none. Makes nothing.",
  config: s.object({ communicator: s.communicator() }),
  prepare: ({ config }) => [...checkConnection(config.communicator)],
  async run({ config, runStep, provision, ...context }) {
    const machine = await runStep(
      "StepConnect",
      () => connectCommunicator(config.communicator, context),
      (connected) => connected[Symbol.asyncDispose](),
    );
    await provision(machine, { ...machine.generatedData, ID: "Null" });
    return {
      id: "Null",
      builderId: "fnoeding.null",
      summary: "Did not export anything. This is the null builder",
      generatedData: { ID: "Null" },
    };
  },
});

/** What a machine that exists already needs to be reached. */
function* checkConnection(config: CommunicatorConfig): Generator<Problem> {
  if (config.type === "none") return;
  const { Host, User, Password } = communicatorData(config);
  if (Host === "") yield { summary: `a Host must be specified, ${SEE_DOCS}`, path: [`${config.type}_host`] };
  if (User === "") yield { summary: `a Username must be specified, ${SEE_DOCS}`, path: [`${config.type}_username`] };
  const hasKey = (config.ssh_private_key_file ?? "") !== "";
  if (!config.ssh_agent_auth && Password === "" && !hasKey) {
    yield `one authentication method must be specified, ${SEE_DOCS}`;
  }
  const methods = [config.ssh_agent_auth, (config.ssh_password ?? "") !== "", hasKey];
  if (methods.filter(Boolean).length > 1) {
    yield "only one of ssh_agent_auth, ssh_password, and ssh_private_key_file must be specified";
  }
}
