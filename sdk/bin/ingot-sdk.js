#!/usr/bin/env node
import { main } from "../dist/pack/main.js";

await main(process.argv.slice(2));
