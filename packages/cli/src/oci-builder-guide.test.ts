import { testDocument } from "./testing/test-document.js";

testDocument("docs/oci-builder.md");
