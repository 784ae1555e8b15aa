import { testDocument } from "./testing/test-document.js";

testDocument("docs/user-guide.md");
