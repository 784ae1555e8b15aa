import { builder, noneMachine, schema as s } from "@ingot/sdk";

/** The builder that makes nothing: it connects to a machine that exists already, or to none, and runs provisioners. */
export const nullBuilder = builder({
  name: "null",
  summary: "Runs provisioners against a machine that exists already, or against none. Makes nothing.",
  config: s.object({ communicator: s.communicator() }),
  prepare({ config: { communicator } }) {
    if (communicator.type === "none") return [];
    return {
      summary: `The communicator "${communicator.type}" is not available in this version`,
      detail: 'The null builder can only run provisioners that need no machine yet. Set communicator = "none".',
      path: ["communicator"],
    };
  },
  async run({ provision }) {
    await provision(noneMachine(), { ID: "Null" });
    return {
      id: "Null",
      builderId: "fnoeding.null",
      summary: "Did not export anything. This is the null builder",
      generatedData: { ID: "Null" },
    };
  },
});
