console.error("[ERROR] no licence for this machine");
process.exit(3);
