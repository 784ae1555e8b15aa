import { testDocument } from "./testing/test-document.js";

testDocument("docs/plugin-protocol.md");
