// What pages do beyond HTML. Every page works without it.
(() => {
  // Theme: as the system, light, dark, and round again.
  const themes = ["auto", "light", "dark"];
  const names = { auto: "as the system", light: "light", dark: "dark" };
  const current = () => {
    try { return localStorage.getItem("theme") ?? "auto"; } catch { return "auto"; }
  };
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    const show = () => {
      button.querySelector("[data-theme-name]").textContent = names[current()];
      button.title = `Theme: ${names[current()]}`;
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      try { localStorage.setItem("theme", themes[(themes.indexOf(current()) + 1) % themes.length]); } catch { /* not kept, then */ }
      dispatchEvent(new Event("theme"));
      show();
    });
    show();
  }

  // Menus close with Escape, and when something else is used.
  const menus = () => document.querySelectorAll("details.frame-menu[open], details.frame-burger[open]");
  addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  addEventListener("click", event => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });

  // A form is sent once, however often its button is pressed; the server would do it once, too.
  addEventListener("submit", event => {
    const form = event.target;
    if (!form.matches("form[data-once]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "true";
    for (const button of form.querySelectorAll("button[type=submit]")) button.classList.add("is-sent");
  });
  addEventListener("pageshow", event => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll(".is-sent")) button.classList.remove("is-sent");
    }
  });

  // Copying.
  addEventListener("click", async event => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("is-done");
    setTimeout(() => button.classList.remove("is-done"), 2000);
  });

  // Files may be dropped on the field of a file.
  for (const type of ["dragover", "dragleave", "drop"]) {
    addEventListener(type, event => event.target.classList?.toggle("is-over", type === "dragover" && event.target.matches("[data-drop]")));
  }

  // What has to be done to every part of a page, also to one that came later (live.js).
  const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium" });
  const dress = part => {
    // Exact times in the reader's zone.
    for (const time of part.querySelectorAll("time[datetime]")) time.title = exact.format(new Date(time.dateTime));
    for (const button of part.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  };
  dress(document);
  addEventListener("changed", event => dress(event.target));

  // What was refused is read first.
  (document.querySelector(".frame-main [aria-invalid=true]") ?? document.querySelector(".frame-main .field-wrong input"))?.focus();
})();
