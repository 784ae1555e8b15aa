// Never a line feed: the host must not wait for one.
process.stdout.write("x".repeat(1024 * 1024));
setInterval(() => {}, 1000);
