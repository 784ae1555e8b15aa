// An SSH server on the loopback, with as much as the example of keep-compiled.mjs needs: it lets everybody in, says that every
// upload went well, and lets every command write a line.
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import ssh2 from "ssh2";

const OK = 0;

/** Starts the server, and writes a key to log in with into the folder. */
export async function startExampleServer(folder) {
  const makeKey = () => ssh2.utils.generateKeyPairSync("ed25519").private;
  const keyFile = path.join(folder, "key");
  writeFileSync(keyFile, makeKey());
  const server = new ssh2.Server({ hostKeys: [makeKey()] }, (client) => {
    client.on("error", () => {}); // it hung up
    client.on("authentication", (login) => login.accept());
    client.on("session", (accept) => serve(accept()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: server.address().port, keyFile, close: () => server.close() };
}

function serve(session) {
  session.on("exec", (accept) => {
    const channel = accept();
    channel.write("hello\n");
    channel.exit(0);
    channel.end();
  });
  session.on("sftp", (accept) => {
    const sftp = accept();
    sftp.on("OPEN", (id) => sftp.handle(id, Buffer.from("file")));
    for (const request of ["WRITE", "FSETSTAT", "CLOSE", "REMOVE"]) sftp.on(request, (id) => sftp.status(id, OK));
  });
}
