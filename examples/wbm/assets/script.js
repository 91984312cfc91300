// SPDX-License-Identifier: BSL-1.0
// Counts a penalty down, and keeps its form shut for the last minute of it, since an early attempt is not
// looked at. Longer it does not: an administrator may have cleared the penalty meanwhile.
// Without this script the page says how long to wait all the same.
(() => {
  const wait = document.querySelector("[data-wait-ms]");
  const form = document.querySelector("form.held");
  if (!wait || !form) return;
  const shown = wait.querySelector("[data-count]");
  const spoken = document.querySelector("[data-spoken]");
  const button = form.querySelector("button");
  const user = form.querySelector("input[name=user]:not([type=hidden])");
  const over = performance.now() + Number(wait.dataset.waitMs);

  const minutes = (s) => `${Math.floor(s / 60)} min ${s % 60} s`;
  const words = (s) =>
    s > 3600 ? `${Math.floor(s / 3600)} h ${minutes(s % 3600)}` : s > 60 ? minutes(s) : `${s} s`;
  // Another name has no such wait: names are compared as the gate does, without case and outer blanks.
  const plain = (s) => s.trim().toLowerCase();
  // And a pairing code is looked at meanwhile.
  const code = form.querySelector("input[name=code]");
  const concerns = () =>
    !(code && code.value.trim()) && (!user || plain(user.value) === plain(wait.dataset.about));

  let said = null;
  const tick = () => {
    const left = Math.max(0, Math.ceil((over - performance.now()) / 1000));
    button.disabled = left > 0 && left <= 60 && concerns();
    shown.textContent = words(left);
    if (left === 0) {
      clearInterval(timer);
      wait.className = "notice good";
      wait.querySelector("p").textContent = "The wait is over.";
      wait.querySelector(".count").textContent = "You can try again now.";
      spoken.textContent = "The wait is over. You can try again now.";
      const password = form.querySelector("input[type=password]");
      if (password) password.focus();
    } else if (said === null || left % 10 === 0) {
      // aloud only now and then
      if (said !== left) spoken.textContent = `${words(left)} to wait.`;
      said = left;
    }
  };
  const timer = setInterval(tick, 250);
  for (const input of [user, code]) if (input) input.addEventListener("input", tick);
  tick();
})();
