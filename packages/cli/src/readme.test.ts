import { testDocument } from "./testing/test-document.js";

testDocument("README.md");
