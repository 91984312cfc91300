// SPDX-License-Identifier: BSL-1.0
// A device of our own: the program on a free port, with a state folder that goes with it.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export async function startDevice(program) {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-browser-"));
  // Of its own accord it makes one place wait for hours, and a walk has minutes.
  const options = { "--state": folder, "--port": 0, "--machines": 0, "--name": "Press line 4" };
  const words = Object.entries({ ...options, "--from-one-place": "3/12" }).flat().map(String);
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
  const log = [];
  const secrets = [];
  let machines = "";
  createInterface({ input: child.stderr }).on("line", (line) => log.push(line));
  const address = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`it ended with ${code}:\n${log.join("\n")}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const secret = line.match(/^One-time secret .*: (\S+)$/);
      if (secret) secrets.push(secret[1]);
      const door = line.match(/^Machines (\S+)$/);
      if (door) machines = door[1];
      const serving = line.match(/^Serving (\S+)$/);
      if (serving) resolve(serving[1]);
    });
  });
  return {
    address,
    machines,
    folder,
    log,
    secrets,
    async stop() {
      const ended = new Promise((resolve) => child.removeAllListeners("exit").on("exit", resolve));
      child.kill("SIGTERM");
      const code = await ended;
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}
