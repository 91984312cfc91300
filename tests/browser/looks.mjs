// SPDX-License-Identifier: BSL-1.0
// What every page owes to every person: readable in light and dark, whole on a phone, usable by keyboard
// and by ear.
import assert from "node:assert/strict";
import { join } from "node:path";

const widths = [1280, 390];
const schemes = ["light", "dark"];

/// Looks at the page in both widths and both schemes, and keeps a picture of each.
export async function lookAt(page, name, folder) {
  for (const width of widths) {
    for (const scheme of schemes) {
      await page.setViewportSize({ width, height: width === 1280 ? 800 : 844 });
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      const where = `${name}, ${width} px, ${scheme}`;
      assert.deepEqual(await page.evaluate(faults), [], where);
      await page.screenshot({ path: join(folder, `${name}-${width}-${scheme}.png`), fullPage: true });
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

/// Runs in the page.
function faults() {
  const found = [];
  const wide = document.scrollingElement.scrollWidth - window.innerWidth;
  if (wide > 0) found.push(`it is ${wide} px wider than the window`);
  if (document.querySelectorAll("h1").length !== 1) found.push("it has not one heading");
  if (document.documentElement.lang !== "en") found.push("it has no language");
  if (document.querySelectorAll("main").length !== 1) found.push("it has not one main part");

  const visible = (e) => e.checkVisibility?.({ checkOpacity: true, checkVisibilityCSS: true }) ?? true;
  for (const input of document.querySelectorAll("input:not([type=hidden]), select"))
    if (input.labels.length === 0) found.push(`no label: ${input.name}`);
  for (const image of document.querySelectorAll("img"))
    if (!image.hasAttribute("alt")) found.push(`no alt: ${image.src}`);
  for (const e of document.querySelectorAll("a, button")) {
    const box = e.getBoundingClientRect();
    if (visible(e) && !e.matches(".skip") && e.textContent.trim() === "")
      found.push("a link or button without words");
    // WCAG 2.2, 2.5.8: 24 by 24 px; links within a sentence or a table are exempt
    if (visible(e) && e.matches("button, .button, .menu a") && (box.width < 24 || box.height < 24))
      found.push(`too small: ${e.textContent}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  if (new Set(ids).size !== ids.length) found.push(`an id is there twice: ${ids}`);
  for (const name of ["aria-labelledby", "aria-describedby"])
    for (const e of document.querySelectorAll(`[${name}]`))
      if (!document.getElementById(e.getAttribute(name))) found.push(`nothing has the id that ${name} names`);

  // Contrast of every visible text with what lies under it (WCAG 2.2, 1.4.3: 4.5 to 1).
  const parse = (color) => color.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) =>
    [r, g, b]
      .map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const under = (e) => {
    for (; e; e = e.parentElement) {
      const color = parse(getComputedStyle(e).backgroundColor);
      if (color.length < 4 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const e = text.parentElement;
    if (
      text.data.trim() === "" ||
      !visible(e) ||
      e.closest(".spoken, .skip, script, button:disabled, option")
    )
      continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(under(e))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) found.push(`contrast ${contrast.toFixed(2)}: ${text.data.trim().slice(0, 40)}`);
  }
  return found;
}
