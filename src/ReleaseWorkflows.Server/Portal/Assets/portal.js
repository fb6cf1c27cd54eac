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

  // Exact times in the reader's zone.
  const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium" });
  for (const time of document.querySelectorAll("time[datetime]")) time.title = exact.format(new Date(time.dateTime));
})();
