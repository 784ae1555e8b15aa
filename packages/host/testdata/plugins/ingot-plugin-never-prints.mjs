console.error("waiting for a server that never answers");
process.on("SIGTERM", () => {});
setInterval(() => {}, 1000);
