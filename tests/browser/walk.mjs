// SPDX-License-Identifier: BSL-1.0
// From a device that knows nobody to its log: what the pages promise, seen in a browser. Times are real: a
// penalty takes 12 s.
import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { chromium } from "playwright-core";
import { startDevice } from "./device.mjs";
import { knock } from "./knock.mjs";
import { lookAt } from "./looks.mjs";
import { ask, makeMachine } from "./machine.mjs";
import { step, walk } from "./suite.mjs";

const [program, pictures] = process.argv.slice(2);
await rm(pictures, { recursive: true, force: true });
await mkdir(pictures, { recursive: true });

const device = await startDevice(program);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

// ---- people at their browsers ----
const complaints = [];
async function person(options = {}) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: device.address, ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  page.on("console", (message) => {
    // Chromium reports every answer of 4xx and 5xx; those are asked for here.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return page;
}
const look = (page, name) => lookAt(page, name, pictures);
const heading = (page) => page.locator("h1").innerText();
const notice = (page) => page.locator(".notice").first().innerText();

/// Presses the button, and gives the answer that came of it.
async function press(page, button) {
  const [answer] = await Promise.all([
    page.waitForResponse((r) => r.request().isNavigationRequest() && r.request().method() === "POST"),
    button.click(),
  ]);
  await page.waitForLoadState();
  return answer;
}
async function login(page, user, password) {
  if (!page.url().includes("/login")) await page.goto("/login");
  await page.getByLabel("Name").fill(user);
  await page.getByLabel("Password").fill(password);
  return press(page, page.getByRole("button", { name: "Log in" }));
}
async function rolesMayNot(page, path) {
  const answer = await page.goto(path);
  assert.equal(answer.status(), 403);
  assert.match(await notice(page), /Your roles do not allow this/);
}

const admin = { name: "olga", password: "four grey herons waiting" };
const engineer = { name: "amira", password: "slow rivers bend twice" };
const atAdmin = await person();
const atEngineer = await person();

// ---- the first start ----
step("an empty device leads every page to its first start", async () => {
  for (const path of ["/", "/login", "/users", "/metrics", "/nowhere"]) {
    await atAdmin.goto(path);
    assert.equal(new URL(atAdmin.url()).pathname, "/first-start");
  }
  await look(atAdmin, "first-start");
});

async function startWith(page, secret, password, again = password) {
  await page.goto("/first-start");
  await page.getByLabel("One-time secret").fill(secret);
  await page.getByLabel("Name").fill(admin.name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByLabel("The password again").fill(again);
  return press(page, page.getByRole("button", { name: "Make the first administrator" }));
}

step("a slip in the new password costs no try, and says what is wrong", async () => {
  for (const [password, again, words] of [
    [admin.password, "another", /not the same/],
    ["short", "short", /too short/],
    ["Password2024!", "Password2024!", /commonest/],
    ["olga is the best", "olga is the best", /name of the account/],
  ]) {
    assert.equal((await startWith(atAdmin, "0000-0000-0000-0000", password, again)).status(), 422);
    assert.match(await notice(atAdmin), words);
  }
});

step("a wrong secret is refused, and says nothing else", async () => {
  assert.equal((await startWith(atAdmin, "0000-0000-0000-0000", admin.password)).status(), 401);
  assert.match(await notice(atAdmin), /not the secret that the console shows/);
  assert.equal(await atAdmin.getByLabel("Name").inputValue(), admin.name);
});

step("the console's secret makes the first administrator, however it is typed", async () => {
  assert.equal(device.secrets.length, 1);
  await startWith(atAdmin, device.secrets[0].toLowerCase().replaceAll("-", " "), admin.password);
  assert.equal(new URL(atAdmin.url()).pathname, "/login");
  assert.match(await notice(atAdmin), /The first administrator is made/);
});

step("once there is an account the secret is worth nothing", async () => {
  const later = await person();
  await later.goto("/first-start");
  assert.equal(new URL(later.url()).pathname, "/login");
  await later.context().close();
});

// ---- the login ----
step("before the login: use notification, and nothing of the device", async () => {
  const stranger = await person();
  await stranger.goto("/users");
  assert.equal(new URL(stranger.url()).pathname, "/login");
  assert.match(await stranger.locator(".notification").innerText(), /authorised persons only/);
  await look(stranger, "login");
  await stranger.context().close();
});

step("the administrator logs in; the cookie is locked to this host and out of scripts' reach", async () => {
  assert.equal((await login(atAdmin, admin.name, admin.password)).status(), 303);
  assert.equal(await heading(atAdmin), "Overview");
  const cookies = await atAdmin.context().cookies();
  assert.equal(cookies.length, 2);
  const [session] = cookies.filter((c) => c.name === "__Host-sallyport");
  const [known] = cookies.filter((c) => /^__Host-sallyport-device-[0-9a-f]{16}$/.test(c.name));
  for (const { httpOnly, secure, sameSite, path, domain } of [session, known])
    assert.deepEqual(
      { httpOnly, secure, sameSite, path, domain },
      {
        httpOnly: true,
        secure: true,
        sameSite: "Strict",
        path: "/",
        domain: new URL(device.address).hostname,
      },
    );
  assert.equal(session.expires, -1);
  assert.match(session.value, /^[0-9a-f]{32}$/);
  const days = (known.expires - Date.now() / 1000) / 86_400;
  assert.ok(days > 399 && days <= 400, `it stays for ${days} days`);
  assert.match(known.value, /^[0-9a-f]{128}$/);
  assert.equal(await atAdmin.evaluate(() => document.cookie), "");
});

step("every answer carries the headers that keep a browser safe", async () => {
  for (const path of ["/", "/users", "/nowhere"]) {
    const headers = (await atAdmin.goto(path)).headers();
    assert.match(headers["content-security-policy"], /default-src 'none'.*frame-ancestors 'none'/);
    assert.doesNotMatch(headers["content-security-policy"], /unsafe/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["cache-control"], "no-store");
  }
});

// ---- a new user, who must change the password ----
let temporary = "";
step("the administrator adds a user, and is shown a temporary password once", async () => {
  await atAdmin.goto("/users");
  await atAdmin.getByLabel("Name").fill(engineer.name);
  await atAdmin.getByLabel("Engineer", { exact: true }).check();
  await press(atAdmin, atAdmin.getByRole("button", { name: "Add" }));
  temporary = await atAdmin.locator("[data-password]").innerText();
  assert.match(temporary, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
  await look(atAdmin, "temporary-password");
  await atAdmin.goto("/users");
  assert.match(await atAdmin.getByRole("row", { name: engineer.name }).innerText(), /must change password/);
});

step("whoever must change the password may do that and nothing else", async () => {
  await login(atEngineer, engineer.name, temporary);
  assert.equal(new URL(atEngineer.url()).pathname, "/password");
  for (const path of ["/", "/users", "/log"]) {
    await atEngineer.goto(path);
    assert.equal(new URL(atEngineer.url()).pathname, "/password");
  }
  assert.equal(await atEngineer.locator(".menu a").count(), 0);
  await look(atEngineer, "must-change");
});

async function changePassword(page, current, fresh, again = fresh) {
  await page.goto("/password");
  await page.getByLabel("Present password").fill(current);
  await page.getByLabel("New password", { exact: true }).fill(fresh);
  await page.getByLabel("The new password again").fill(again);
  return press(page, page.getByRole("button", { name: "Change password" }));
}

step("the new password is judged, then counts at once", async () => {
  assert.equal((await changePassword(atEngineer, temporary, temporary)).status(), 422);
  assert.match(await notice(atEngineer), /Somebody else has set your password/);
  assert.match(await atEngineer.locator(".notice.bad").innerText(), /used for this account before/);
  assert.equal((await changePassword(atEngineer, "wrong", engineer.password)).status(), 401);
  assert.equal((await changePassword(atEngineer, temporary, engineer.password)).status(), 303);
  assert.match(await notice(atEngineer), /Your password is changed/);
  await atEngineer.goto("/");
  assert.equal(await heading(atEngineer), "Overview");
  assert.match(await atEngineer.locator("main").innerText(), /Engineer/);
  await look(atEngineer, "overview-engineer");
});

step("a role that is missing: no line in the menu, and no page", async () => {
  assert.deepEqual(await atEngineer.locator(".menu a").allInnerTexts(), ["Overview", "Your devices", "Your password"]);
  for (const path of [
    "/users",
    "/users/one?name=olga",
    "/sessions",
    "/penalties",
    "/log",
    "/counters",
    "/metrics",
  ])
    await rolesMayNot(atEngineer, path);
  await look(atEngineer, "not-allowed");
});

// ---- the penalty ----
const unlucky = await person();
const wordsFor = {};
step("wrong, unknown and malformed: the same words, the same answer", async () => {
  const stranger = await person();
  for (const user of ["nobody here", "x".repeat(65), "two\u0001parts", engineer.name]) {
    const answer = await login(stranger, user, "a wrong password");
    wordsFor[user] = [answer.status(), await notice(stranger)];
  }
  const all = new Set(Object.values(wordsFor).map(String));
  assert.deepEqual([...all], ["401,Name or password is wrong."]);
  await stranger.context().close();
});

let opensAt = 0;
step("the third failure shows a countdown that runs, and keeps the button shut", async () => {
  assert.equal((await login(unlucky, engineer.name, "wrong again")).status(), 401);
  const third = await login(unlucky, engineer.name, "and again");
  opensAt = Date.now() + Number(await unlucky.locator("[data-wait-ms]").getAttribute("data-wait-ms"));
  assert.equal(third.status(), 401);
  assert.ok(opensAt - Date.now() > 6_000, "it runs from the first of them");
  const seconds = Number(third.headers()["retry-after"]);
  assert.ok(seconds > 6 && seconds <= 12, `Retry-After: ${seconds}`);
  const count = unlucky.locator("[data-count]");
  assert.match(await count.innerText(), /^\d+ s$/);
  assert.equal(await unlucky.getByRole("button", { name: "Log in" }).isDisabled(), true);
  assert.equal(await unlucky.locator("[data-spoken]").getAttribute("aria-live"), "polite");
  assert.match(await unlucky.locator("[data-spoken]").innerText(), /to wait/);
  const before = parseInt(await count.innerText(), 10);
  await unlucky.waitForFunction(
    (s) => parseInt(document.querySelector("[data-count]").textContent, 10) < s,
    before,
  );
});

step("another name is not held by it", async () => {
  const button = unlucky.getByRole("button", { name: "Log in" });
  await unlucky.getByLabel("Name").fill("somebody else");
  assert.equal(await button.isDisabled(), false);
  await unlucky.getByLabel("Name").fill(` ${engineer.name.toUpperCase()} `);
  assert.equal(await button.isDisabled(), true);
  await unlucky.getByText("I have a pairing code").waitFor();
  await unlucky.getByLabel("Pairing code").fill("7KQM-0D3F-XW9R-5TAB");
  assert.equal(await button.isDisabled(), false, "a code is looked at meanwhile");
  await unlucky.getByLabel("Pairing code").fill("");
  assert.equal(await button.isDisabled(), true);
});

step("meanwhile the session that is open goes on, and the administrator sees the penalty", async () => {
  await atEngineer.goto("/");
  assert.equal(await heading(atEngineer), "Overview");
  await atAdmin.goto("/penalties");
  const [owed] = await atAdmin.getByRole("row", { name: engineer.name }).allInnerTexts();
  assert.match(owed, /waits \d+ s/);
  assert.ok(Date.now() < opensAt, "this was to be seen during the delay");
  await look(unlucky, "countdown");
  await look(atAdmin, "penalties");
});

step("when the wait is over the page says so, and the login works", async () => {
  await unlucky.waitForFunction(() => !document.querySelector("form button").disabled, null, {
    timeout: 15_000,
  });
  assert.match(await notice(unlucky), /The wait is over/);
  assert.ok(Date.now() >= opensAt - 250, "it opened too early");
  await look(unlucky, "countdown-over");
  await login(unlucky, engineer.name, engineer.password);
  assert.equal(await heading(unlucky), "Overview");
});

step(
  "too early is 429, changes nothing, and is told without a script too; the administrator clears it",
  async () => {
    const plain = await person({ javaScriptEnabled: false });
    for (const slip of ["one", "two", "three"]) await login(plain, "karim", `a slip, number ${slip}`);
    assert.equal(await plain.getByRole("button", { name: "Log in" }).isDisabled(), false);
    assert.match(await notice(plain), /in (1[0-2]|\d) s/);
    const waits = [];
    for (const early of ["four", "five"]) {
      const answer = await login(plain, "karim", `a slip, number ${early}`);
      assert.equal(answer.status(), 429);
      waits.push(Number(answer.headers()["retry-after"]));
    }
    assert.ok(waits[0] <= 12 && waits[1] <= waits[0], `it grew: ${waits}`);
    assert.match(await notice(plain), /not looked at.*changes nothing/s);
    await look(plain, "too-early-no-script");

    await atAdmin.goto("/penalties");
    await press(atAdmin, atAdmin.getByRole("button", { name: "Clear karim" }));
    assert.match(await notice(atAdmin), /The penalty is cleared/);
    assert.equal((await login(plain, "karim", "a slip, number six")).status(), 401);
    await plain.context().close();
  },
);

// ---- known browsers, and those that are new ----
step("everybody sees what he has logged in from", async () => {
  await atEngineer.goto("/devices");
  const rows = atEngineer.locator("tbody tr");
  assert.equal(await rows.count(), 2);
  assert.equal(await rows.filter({ hasText: "this browser" }).count(), 1);
  await look(atEngineer, "devices");
});

step("a machine that nobody told: the administrator reads which, and what to do", async () => {
  for (let n = 0; n < 6; ++n) {
    assert.equal(await knock(device.address, "127.0.0.9", engineer.name, "last year's password"), 401);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await atAdmin.goto("/penalties");
  const told = await atAdmin.locator(".findings").innerText();
  assert.match(told, /A client at wbm from 127\.0\.0\.9 sends one wrong password again and again, every 0\.[23] s/);
  assert.match(told, /give it the present password/);
  await look(atAdmin, "penalties-machine");
});

const newcomer = await person();
step("while strangers guess from everywhere: the known browser is let in, a new one is not", async () => {
  let refused = 0;
  for (let n = 2; refused < 3; ++n) {
    assert.ok(n < 30, "strangers are never refused");
    const status = await knock(device.address, `127.0.1.${n}`, engineer.name, `guess ${n}`);
    refused = status === 429 ? refused + 1 : 0;
  }
  await press(atEngineer, atEngineer.getByRole("button", { name: "Log out" }));
  assert.equal((await login(atEngineer, engineer.name, engineer.password)).status(), 303);
  assert.equal(await heading(atEngineer), "Overview");

  assert.equal((await login(newcomer, engineer.name, engineer.password)).status(), 429);
  assert.match(await notice(newcomer), /possible in (59|60) min/);
  const button = newcomer.getByRole("button", { name: "Log in" });
  assert.equal(await button.isDisabled(), false, "somebody may clear it before that hour is over");
  assert.equal(await newcomer.getByLabel("Pairing code").isVisible(), true);
  await look(newcomer, "refused-new-browser");
});

let code = "";
step("a pairing code, for the password once more, lets the new one in", async () => {
  await atEngineer.goto("/devices");
  const ask = async (password) => {
    await atEngineer.getByLabel("Your password").fill(password);
    return press(atEngineer, atEngineer.getByRole("button", { name: "Show a pairing code" }));
  };
  assert.equal((await ask("not this one")).status(), 401);
  assert.match(await notice(atEngineer), /The password is wrong/);
  assert.equal((await ask(engineer.password)).status(), 200);
  code = await atEngineer.locator("[data-code]").innerText();
  assert.match(code, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
  await look(atEngineer, "pairing-code");

  const enter = async (typed) => {
    await newcomer.getByLabel("Password").fill(engineer.password);
    await newcomer.getByLabel("Pairing code").fill(typed);
    return press(newcomer, newcomer.getByRole("button", { name: "Log in" }));
  };
  assert.equal((await enter("0000-0000-0000-0000")).status(), 429);
  assert.equal(await newcomer.getByLabel("Pairing code").inputValue(), "", "it is not said back");
  assert.equal((await enter(code.toLowerCase().replaceAll("-", " "))).status(), 303);
  assert.equal(await heading(newcomer), "Overview");
  await press(newcomer, newcomer.getByRole("button", { name: "Log out" }));
  assert.equal((await login(newcomer, engineer.name, engineer.password)).status(), 303, "known from now on");
});

step("pairs are revoked: one by its owner, all by an administrator", async () => {
  await newcomer.goto("/devices");
  await press(newcomer, newcomer.locator("tbody tr", { hasText: "this browser" }).getByRole("button"));
  assert.match(await notice(newcomer), /This browser is forgotten/);
  assert.equal((await newcomer.context().cookies()).length, 1);
  await press(newcomer, newcomer.getByRole("button", { name: "Log out" }));
  assert.equal((await login(newcomer, engineer.name, engineer.password)).status(), 429, "it is new again");

  await atAdmin.goto("/penalties");
  await look(atAdmin, "penalties-full");
  await atAdmin.getByLabel("User").selectOption(engineer.name);
  await press(atAdmin, atAdmin.getByRole("button", { name: "Revoke all" }));
  assert.match(await notice(atAdmin), /All those pairs are revoked/);
  await atEngineer.goto("/devices");
  await look(atEngineer, "devices-none");
  await atAdmin.goto("/penalties");
  await press(atAdmin, atAdmin.getByRole("button", { name: `Clear ${engineer.name}` }));
  assert.equal((await login(newcomer, engineer.name, engineer.password)).status(), 303);
  await newcomer.context().close();
});

// ---- forged forms ----
step("a form without the session's seal is refused, and nothing is done", async () => {
  for (const seal of ["", "0".repeat(32)]) {
    await atAdmin.goto("/sessions");
    await atAdmin.locator("form[action='/sessions/maximum'] input[name=seal]").evaluate((e, value) => {
      e.value = value;
    }, seal);
    await atAdmin.getByLabel("Sessions at once").fill("7");
    const answer = await press(atAdmin, atAdmin.getByRole("button", { name: "Set maximum" }));
    assert.equal(answer.status(), 403);
    assert.match(await notice(atAdmin), /not made by a page of your session/);
  }
  await look(atAdmin, "forged");
  await atAdmin.goto("/sessions");
  assert.equal(await atAdmin.getByLabel("Sessions at once").inputValue(), "32");
});

step("another person's seal is as good as none", async () => {
  await atEngineer.goto("/password");
  const theirs = await atEngineer.locator("input[name=seal]").first().inputValue();
  await atAdmin.goto("/sessions");
  await atAdmin.locator("form[action='/sessions/maximum'] input[name=seal]").evaluate((e, value) => {
    e.value = value;
  }, theirs);
  assert.equal((await press(atAdmin, atAdmin.getByRole("button", { name: "Set maximum" }))).status(), 403);
});

step("a form on another site reaches nothing: no cookie goes with it, and its origin is told", async () => {
  const elsewhere = createServer((_, answer) => {
    answer.setHeader("Content-Type", "text/html");
    answer.end(
      `<form method="post" action="${device.address}sessions/maximum">
      <input name="maximum" value="7"><button>Win</button></form>`,
    );
  });
  await new Promise((resolve) => elsewhere.listen(0, "localhost", resolve));
  const tab = await atAdmin.context().newPage();
  await tab.goto(`http://localhost:${elsewhere.address().port}/`);
  const answer = await press(tab, tab.getByRole("button", { name: "Win" }));
  assert.equal(answer.status(), 403);
  assert.equal((await answer.request().allHeaders()).cookie, undefined);
  assert.match(await notice(tab), /Another site has sent this form/);
  await tab.close();
  elsewhere.closeAllConnections();
  elsewhere.close();
});

// ---- sessions ----
step("a full house: 503, in words, and no penalty", async () => {
  await atAdmin.goto("/sessions");
  const open = await atAdmin.locator("tbody tr").count();
  await atAdmin.getByLabel("Sessions at once").fill(String(open));
  await press(atAdmin, atAdmin.getByRole("button", { name: "Set maximum" }));
  assert.match(await notice(atAdmin), /new maximum is in force/);
  const late = await person();
  const answer = await login(late, engineer.name, engineer.password);
  assert.equal(answer.status(), 503);
  assert.match(await notice(late), /As many sessions are open as are allowed/);
  await look(late, "full-house");
  await atAdmin.goto("/sessions");
  await atAdmin.getByLabel("Sessions at once").fill("32");
  await press(atAdmin, atAdmin.getByRole("button", { name: "Set maximum" }));
  assert.equal((await login(late, engineer.name, engineer.password)).status(), 303);
  await press(late, late.getByRole("button", { name: "Log out" }));
  assert.equal(new URL(late.url()).pathname, "/login");
  await late.context().close();
});

step("the administrator closes a session, and its browser is told at the next click", async () => {
  await atAdmin.goto("/sessions");
  await look(atAdmin, "sessions");
  const rows = atAdmin.getByRole("row", { name: engineer.name });
  while ((await rows.count()) > 0) {
    await press(atAdmin, rows.first().getByRole("button", { name: /Close/ }));
    assert.match(await notice(atAdmin), /The session is closed/);
  }
  await atEngineer.getByRole("link", { name: "Overview" }).click();
  assert.equal(new URL(atEngineer.url()).pathname, "/login");
  assert.match(await notice(atEngineer), /Your session is over/);
  const left = (await atEngineer.context().cookies()).map((c) => c.name);
  assert.ok(!left.includes("__Host-sallyport"));
  await look(atEngineer, "session-over");
});

step("roles that change count in the session that is open; a disabled account's session ends", async () => {
  await login(atEngineer, engineer.name, engineer.password);
  await rolesMayNot(atEngineer, "/log");
  await atAdmin.goto("/users");
  await atAdmin.getByRole("link", { name: engineer.name }).click();
  await look(atAdmin, "user");
  await atAdmin.getByLabel("SecurityAuditor").check();
  await press(atAdmin, atAdmin.getByRole("button", { name: "Save roles" }));
  assert.match(await notice(atAdmin), /The roles are changed/);
  assert.equal((await atEngineer.goto("/log")).status(), 200);

  await atAdmin.goto(`/users/one?name=${engineer.name}`);
  await press(atAdmin, atAdmin.getByRole("button", { name: "Disable" }));
  await atEngineer.goto("/log");
  assert.equal(new URL(atEngineer.url()).pathname, "/login");
  const answer = await login(atEngineer, engineer.name, engineer.password);
  assert.deepEqual([answer.status(), await notice(atEngineer)], [401, "Name or password is wrong."]);
  await look(atAdmin, "users");
});

// ---- the applications that are trusted ----
const pump = await makeMachine(device.folder, "Pump 7", "urn:plant:pump-7");
const twin = await makeMachine(device.folder, "Pump 7", "urn:plant:pump-7");
const plain = (text) => text.replaceAll(/\s/g, "");
const keeper = { name: "cleo", password: "winter roads are long" };
const atKeeper = await person();

step("a machine that nobody knows is refused at the door for programs, and waits for somebody", async () => {
  assert.ok((await ask(device.machines, "/metrics")).refused, "without any certificate");
  assert.ok((await ask(device.machines, "/metrics", pump)).refused);
  await atAdmin.goto("/trust");
  assert.match(await atAdmin.locator("main").innerText(), /Nobody is trusted yet/);
  const row = atAdmin.getByRole("row", { name: "Pump 7" });
  assert.match(await row.innerText(), /BadCertificateUntrusted/);
  assert.match(await row.innerText(), /127\.0\.0\.1/);
  await look(atAdmin, "trust-waiting");
});

step("from an empty store to a connected client in three clicks", async () => {
  await atAdmin.goto("/");
  let clicks = 0;
  const click = async (what) => {
    clicks += 1;
    await Promise.all([atAdmin.waitForNavigation(), what.click()]);
  };
  await click(atAdmin.getByRole("link", { name: "Trust", exact: true }));
  await click(atAdmin.getByRole("link", { name: "Look at Pump 7" }));
  assert.equal(plain(await atAdmin.locator(".fingerprint .print").innerText()), pump.sha256);
  const facts = await atAdmin.locator("main").innerText();
  for (const fact of [/urn:plant:pump-7/, /RSA, 2048 bits/, /sha256WithRSAEncryption/, /clientAuth/])
    assert.match(facts, fact);
  await look(atAdmin, "trust-one");
  await click(atAdmin.getByRole("button", { name: "Approve" }));
  assert.equal(clicks, 3);
  assert.match(await notice(atAdmin), /It is trusted from now on/);
  const answer = await ask(device.machines, "/metrics", pump);
  assert.equal(answer.status, 200);
  assert.match(answer.body, /^sallyport_logins_total/m);
});

step("another one of that name and ApplicationUri: a loud warning, and no approval by one click", async () => {
  assert.ok((await ask(device.machines, "/metrics", twin)).refused);
  await atAdmin.goto("/trust");
  await look(atAdmin, "trust-doctor");
  await atAdmin.getByRole("link", { name: "Look at Pump 7" }).click();
  const warning = await atAdmin.locator("[role=alert]").innerText();
  assert.match(warning, /Another certificate claims to be this one/);
  assert.match(warning, /the same name and the same ApplicationUri/);
  assert.ok(plain(warning).includes(pump.sha256));
  await look(atAdmin, "trust-twin");
  await atAdmin.getByRole("button", { name: "Approve" }).click();
  assert.equal(await atAdmin.locator("h1").innerText(), "Pump 7", "the browser wants the tick first");
  assert.ok((await ask(device.machines, "/metrics", twin)).refused);
});

step("who looks after certificates sees them and little else; who does not sees nothing of them", async () => {
  await atAdmin.goto("/users");
  await atAdmin.getByLabel("Name").fill(keeper.name);
  await atAdmin.getByLabel("CertificateManager", { exact: true }).check();
  await press(atAdmin, atAdmin.getByRole("button", { name: "Add" }));
  const first = await atAdmin.locator("[data-password]").innerText();
  await login(atKeeper, keeper.name, first);
  await changePassword(atKeeper, first, keeper.password);
  await atKeeper.goto("/");
  assert.deepEqual(await atKeeper.locator(".menu a").allInnerTexts(), ["Overview", "Trust", "Your devices", "Your password"]);

  const viewer = await person();
  await atAdmin.goto(`/users/one?name=${engineer.name}`);
  await press(atAdmin, atAdmin.getByRole("button", { name: "Enable" }));
  await login(viewer, engineer.name, engineer.password);
  assert.ok(!(await viewer.locator(".menu a").allInnerTexts()).includes("Trust"));
  await rolesMayNot(viewer, "/trust");
  await viewer.goto("/password");
  await viewer.locator("main form").evaluate((form, print) => {
    form.action = "/trust/approve";
    form.noValidate = true;
    for (const [name, value] of [
      ["print", print],
      ["to", "trusted"],
      ["compared", "yes"],
    ])
      form.insertAdjacentHTML("beforeend", `<input type="hidden" name="${name}" value="${value}">`);
  }, twin.sha256);
  const answer = await press(viewer, viewer.getByRole("button", { name: "Change password" }));
  assert.equal(answer.status(), 403);
  assert.match(await notice(viewer), /Your roles do not allow this/);
  assert.ok((await ask(device.machines, "/metrics", twin)).refused);
  await viewer.context().close();
});

step("it takes the place of the older one, or the trust is withdrawn: the door follows", async () => {
  await atKeeper.goto(`/trust/one?print=${twin.sha256}`);
  await atKeeper.getByLabel(/I have compared/).check();
  await atKeeper.getByLabel(/takes the place/).check();
  await press(atKeeper, atKeeper.getByRole("button", { name: "Approve" }));
  assert.match(await notice(atKeeper), /It is trusted from now on/);
  assert.equal((await ask(device.machines, "/", twin)).body, "Connected.\n");
  assert.equal((await ask(device.machines, "/", pump)).status, 200, "both count for a while");
  await look(atKeeper, "trust-both");

  await atKeeper.goto(`/trust/one?print=${pump.sha256}`);
  await look(atKeeper, "trust-trusted");
  await press(atKeeper, atKeeper.getByRole("button", { name: "Reject" }));
  assert.match(await notice(atKeeper), /It is trusted no more/);
  assert.ok((await ask(device.machines, "/", pump)).refused);
  assert.equal((await ask(device.machines, "/", twin)).status, 200);
});

step("a CA needs a tick of its own; what is pasted is told what it is", async () => {
  const ca = await makeMachine(device.folder, "Plant Root", "urn:plant:ca", { ca: true });
  await atKeeper.goto("/trust");
  const paste = async (text, button) => {
    await atKeeper.getByLabel("Certificate or revocation list").fill(text);
    return press(atKeeper, atKeeper.getByRole("button", { name: button }));
  };
  assert.equal((await paste("no certificate at all", "Trust it")).status(), 422);
  assert.match(await notice(atKeeper), /holds no PEM certificate/);
  assert.equal((await paste(ca.cert.toString(), "Trust it")).status(), 422);
  assert.match(await notice(atKeeper), /all of those would be trusted/);
  assert.equal((await paste(ca.cert.toString(), "Only as issuer")).status(), 303);
  await look(atKeeper, "trust-full");
});

// ---- what happened ----
step("the log tells who, why, and what to do; by user and by reason", async () => {
  await atAdmin.goto("/log");
  const all = await atAdmin.locator("tbody tr").count();
  assert.ok(all > 20);
  await atAdmin.getByLabel("User").fill("karim");
  await atAdmin.getByLabel("Reason").selectOption("penalty_delay_active");
  await atAdmin.getByRole("button", { name: "Show" }).click();
  const texts = await atAdmin.locator("tbody .text").allInnerTexts();
  assert.equal(texts.length, 2);
  assert.match(
    texts[0],
    /User 'karim' was refused at wbm from 127\.0\.0\.1: a penalty delay of \d{4,5} ms is running/,
  );
  assert.match(texts[0], /Wait, or clear the penalty in the user management\./);
  await look(atAdmin, "log-filtered");
  await atAdmin.goto("/log");
  await look(atAdmin, "log");
});

step("nothing that was typed becomes a page's own", async () => {
  const stranger = await person();
  const nasty = `"><img src=x onerror=alert(1)>'`;
  await login(stranger, nasty, "x");
  assert.equal(await stranger.getByLabel("Name").inputValue(), nasty);
  await atAdmin.goto(`/log?user=${encodeURIComponent("<img src=x")}`);
  assert.match(await atAdmin.locator("tbody .text").first().innerText(), /<img src=x onerror=alert\(1\)>/);
  assert.equal(await atAdmin.locator("main img").count(), 0);
  await stranger.context().close();
});

step("the log tells who trusted whom", async () => {
  await atAdmin.goto(`/log?user=${encodeURIComponent("Pump 7")}`);
  const texts = (await atAdmin.locator("tbody .text").allInnerTexts()).join("\n");
  assert.match(texts, /The certificate that names .*'Pump 7' was refused/);
  assert.match(texts, new RegExp(`'olga' changed the trust lists.*approved: Pump 7, SHA-256 ${pump.sha256.slice(0, 16)}`));
  assert.match(texts, new RegExp(`'cleo' changed the trust lists.*rejected: Pump 7, SHA-256 ${pump.sha256.slice(0, 16)}`));
});

step("the counters, for people and for programs", async () => {
  await atAdmin.goto("/counters");
  await look(atAdmin, "counters");
  const metrics = await (await atAdmin.goto("/metrics")).text();
  assert.match(metrics, /^sallyport_logins_total\{result="refused",reason="penalty_delay_active"\} [1-9]\d*$/m);
});

step("overview", async () => {
  await atAdmin.goto("/");
  await look(atAdmin, "overview");
});

step("by keyboard alone: every stop is seen, and the login works", async () => {
  const page = await person();
  await page.goto("/login");
  await page.keyboard.type(admin.name);
  await page.keyboard.press("Tab");
  await page.keyboard.type(admin.password);
  for (const stop of ["Remember this browser", "I have a pairing code", "Log in"]) {
    await page.keyboard.press("Tab");
    const words = () => (document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim();
    assert.equal(await page.evaluate(words), stop);
  }
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none");
  await page.screenshot({ path: `${pictures}/keyboard-focus.png` });
  await page.keyboard.press("Enter");
  await page.waitForURL("**/");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the content");
  await page.context().close();
});

step("no page broke its own content policy, and no script failed", async () => {
  assert.deepEqual(complaints, []);
});

step("it ends when it is told to, and leaves its log", async () => {
  assert.equal(await device.stop(), 0);
  assert.ok(
    device.log.some((line) => / Sallyport\.Wbm +WARN {2}- User 'karim' was refused at wbm/.test(line)),
  );
  assert.ok(
    device.log.every(
      (line) =>
        ![admin.password, engineer.password, temporary, code, ...device.secrets].some((s) => line.includes(s)),
    ),
  );
});

const fine = await walk();
await browser.close();
if (!fine) await device.stop();
process.exit(fine ? 0 : 1);
