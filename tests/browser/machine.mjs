// SPDX-License-Identifier: BSL-1.0
// A program with a certificate of its own: made by OpenSSL's tool as OPC UA wants it, shown at the device's
// door for programs.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/// A self-signed application certificate of this name and ApplicationUri; `ca`: one that may issue others.
export async function makeMachine(folder, name, uri, { ca = false } = {}) {
  const file = join(folder, `${uri.replaceAll(":", "-")}-${Math.random().toString(36).slice(2)}`);
  const extensions = [
    `subjectAltName=URI:${uri},DNS:localhost`,
    `basicConstraints=critical,CA:${ca ? "TRUE" : "FALSE"}`,
    "keyUsage=critical,digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment,keyCertSign",
    "extendedKeyUsage=clientAuth",
  ];
  await run("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "365"],
    ...["-subj", `/O=Plant/CN=${name}`, "-keyout", `${file}.key`, "-out", `${file}.pem`],
    ...extensions.flatMap((e) => ["-addext", e]),
  ]);
  const { stdout } = await run("openssl", ["x509", "-in", `${file}.pem`, "-noout", "-fingerprint", "-sha256"]);
  return {
    name,
    key: await readFile(`${file}.key`),
    cert: await readFile(`${file}.pem`),
    sha256: stdout.split("=")[1].trim().replaceAll(":", ""),
  };
}

/// Asks for a page over a connection of its own. What came of it: `{ status, body }`, or `{ refused }` with
/// the word of the handshake.
export function ask(door, path, machine = {}) {
  return new Promise((resolve) => {
    const { hostname: host, port } = new URL(door);
    const asked = request(
      { host, port, path, key: machine.key, cert: machine.cert, rejectUnauthorized: false, agent: false },
      (answer) => {
        let body = "";
        answer.on("data", (part) => (body += part));
        answer.on("end", () => resolve({ status: answer.statusCode, body }));
      },
    );
    asked.on("error", (error) => resolve({ refused: error.code ?? String(error) }));
    asked.end();
  });
}
