// SPDX-License-Identifier: BSL-1.0
// Steps in their order, each with a name; one that fails ends the walk, since the next would stand on it.

const steps = [];
export const step = (name, what) => steps.push({ name, what });

export async function walk() {
  let passed = 0;
  let failed = 0;
  for (const { name, what } of steps) {
    if (failed > 0) {
      failed += 1;
      console.log(`FAILED  ${name}: not reached`);
      continue;
    }
    const began = performance.now();
    try {
      await what();
      passed += 1;
      console.log(`ok      ${name} (${Math.round(performance.now() - began)} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}\n${error.stack ?? error}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0;
}
