// SPDX-License-Identifier: BSL-1.0
// Somebody without a browser, at another place: a login from an address of his own on the loopback network.
import { request } from "node:https";

/// The status of the answer.
export function knock(address, from, user, password) {
  const body = new URLSearchParams({ user, password }).toString();
  return new Promise((resolve, reject) => {
    const asked = request(new URL("/login", address), {
      method: "POST",
      localAddress: from,
      rejectUnauthorized: false,
      agent: false,
      headers: { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": body.length },
    });
    asked.on("error", reject);
    asked.on("response", (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode));
    });
    asked.end(body);
  });
}
