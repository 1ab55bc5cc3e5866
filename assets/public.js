// Niceties of the public pages. Every page works without this file; the theme is kept in a cookie that the server reads.
(() => {
  const root = document.documentElement;
  const all = (selector) => document.querySelectorAll(selector);

  const show = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  for (const form of all("form.theme"))
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const theme = event.submitter.value;
      const age = theme === "system" ? 0 : 31536000;
      document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
      const head = event.submitter.closest("header");
      show(theme);
      // The pressed button gives way to its opposite, which takes the focus.
      if (head) [...head.querySelectorAll("form.theme button")].find((button) => button.offsetParent)?.focus();
      else document.querySelector("footer a")?.focus();
    });
  addEventListener("pageshow", (event) => {
    if (event.persisted) show(/(?:^|; )theme=(light|dark)/.exec(document.cookie)?.[1]);
  });

  const make = document.getElementById("make");
  if (make) {
    const { prompt, model, size, count } = make.elements;
    const limit = (select, allowed) => {
      for (const option of select.options) option.hidden = option.disabled = !allowed(option.value);
      if (select.selectedOptions[0]?.disabled) select.value = [...select.options].find((o) => !o.disabled).value;
    };
    const follow = () => {
      const { sizes, most, line } = model.selectedOptions[0].dataset;
      limit(size, (value) => sizes.split(" ").includes(value));
      limit(count, (value) => +value <= +most);
      make.querySelector("[data-destination]").textContent = line;
    };
    model.addEventListener("change", follow);
    follow();
    // The words that stand there are a suggestion: the first letter typed replaces them.
    prompt.addEventListener("focus", () => prompt.value === prompt.defaultValue && prompt.select(), { once: true });
    for (const start of all(".start"))
      start.addEventListener("click", (event) => {
        event.preventDefault();
        prompt.value = start.dataset.prompt;
        if ([...size.options].some((option) => option.value === start.dataset.size && !option.disabled)) size.value = start.dataset.size;
        prompt.focus({ preventScroll: matchMedia("(min-width: 1100px)").matches });
      });
  }

  // Browsers give no clipboard to a page that came over plain HTTP from another machine.
  for (const row of all(".copies")) row.hidden = !navigator.clipboard;
  if (navigator.clipboard)
    for (const button of all("[data-copy]"))
      button.addEventListener("click", async () => {
        const label = button.querySelector("span");
        const before = label.textContent;
        await navigator.clipboard.writeText(button.dataset.copy);
        label.textContent = document.querySelector("[data-said]").textContent = "Copied";
        setTimeout(() => (label.textContent = before), 2000);
      });
})();
