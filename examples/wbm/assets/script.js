// SPDX-License-Identifier: BSL-1.0
// Counts a penalty down, and keeps its form shut until it is over, since an early attempt makes it longer.
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

  const words = (s) => (s > 60 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${s} s`);
  // Another name has no such wait: names are compared as the gate does, without case and outer blanks.
  const plain = (s) => s.trim().toLowerCase();
  const concerns = () => !user || plain(user.value) === plain(wait.dataset.about);

  let said = null;
  const tick = () => {
    const left = Math.max(0, Math.ceil((over - performance.now()) / 1000));
    button.disabled = left > 0 && concerns();
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
  if (user) user.addEventListener("input", tick);
  tick();
})();
