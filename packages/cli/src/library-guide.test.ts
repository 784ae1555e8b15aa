import { testDocument } from "./testing/test-document.js";

testDocument("docs/library.md");
