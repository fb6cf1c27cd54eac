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

  // A file that is too large is named before it is sent.
  addEventListener("change", event => {
    const field = event.target;
    if (!field.matches?.("input[type=file][data-most]")) return;
    const megabytes = bytes => Math.ceil(bytes / 1048576);
    const large = [...field.files].find(file => file.size > field.dataset.most);
    field.setCustomValidity(large ? `${large.name} has ${megabytes(large.size)} MB; at most ${megabytes(field.dataset.most)} MB are taken.` : "");
    field.reportValidity();
  });

  // How long it takes until a time: two units, and seconds in the last hour.
  const until = wait => {
    const seconds = Math.max(0, Math.ceil(wait / 1000));
    const minutes = Math.floor(seconds / 60);
    return seconds === 0 ? "now" : seconds < 60 ? `in ${seconds} s` : minutes < 60 ? `in ${minutes} min ${seconds % 60} s`
      : minutes < 1440 ? `in ${Math.floor(minutes / 60)} h ${minutes % 60} min` : `in ${Math.floor(minutes / 1440)} d ${Math.floor(minutes / 60) % 24} h`;
  };
  setInterval(() => {
    for (const time of document.querySelectorAll("time[data-countdown]")) {
      const text = until(new Date(time.dateTime) - Date.now());
      if (text !== time.textContent) time.textContent = text;
    }
  }, 1000);

  // A percentage in people, in three significant digits, as AudienceShare.cs has it.
  const peopleOf = (audience, percentage) => {
    const share = Math.max(1, audience * percentage / 100);
    const unit = 10 ** Math.max(0, Math.floor(Math.log10(share)) - 2);
    return (Math.round(share / unit) * unit).toLocaleString("en-US");
  };

  // What has to be done to every part of a page, also to one that came later (live.js).
  let exact;
  const dress = part => {
    // On small screens the rows of a table are cards: each cell says what column it is of.
    for (const row of part.querySelectorAll(".card-table > tbody > tr")) {
      const heads = row.closest("table").tHead?.rows[0]?.cells ?? [];
      for (const cell of row.querySelectorAll(":scope > td")) {
        const head = heads[cell.cellIndex];
        if (cell.colSpan === 1 && head && !head.querySelector(":scope > .frame-hidden")) cell.dataset.label = head.textContent.trim();
      }
    }
    for (const time of part.querySelectorAll("time[data-countdown]")) time.textContent = until(new Date(time.dateTime) - Date.now());
    // Exact times in the reader's zone.
    for (const time of part.querySelectorAll("time[datetime]")) time.title = (exact ??= new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium" })).format(new Date(time.dateTime));
    for (const button of part.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
    // A percentage has a slider beside its number, and says what it means.
    for (const box of part.querySelectorAll("[data-percentage]")) {
      const slider = box.querySelector("[data-percentage-slider]");
      const number = box.querySelector("[data-percentage-number]");
      const meaning = box.closest("form").querySelector("[data-percentage-meaning]");
      const tell = () => {
        const value = Math.min(100, Math.max(Number(number.min), Math.round(Number(number.value) || Number(number.min))));
        meaning.textContent = value === 100 ? meaning.dataset.all : meaning.dataset.some.replace("{}", value).replace("{people}", peopleOf(meaning.dataset.audience, value));
        return value;
      };
      slider.hidden = false;
      slider.addEventListener("input", () => { number.value = slider.value; tell(); });
      number.addEventListener("input", () => { slider.value = tell(); });
    }
  };
  // Tabs that do not fit scroll: the one that is shown is in sight, and what is cut off fades.
  const fit = tabs => tabs.classList.toggle("is-cut", tabs.scrollLeft + tabs.clientWidth < tabs.scrollWidth - 4);
  const showTabs = () => {
    for (const tabs of document.querySelectorAll(".tabs")) {
      const current = tabs.querySelector("[aria-current]");
      if (current) tabs.scrollLeft = current.offsetLeft + current.offsetWidth / 2 - tabs.clientWidth / 2;
      fit(tabs);
    }
  };
  addEventListener("scroll", event => { if (event.target.matches?.(".tabs")) fit(event.target); }, { capture: true, passive: true });
  addEventListener("resize", showTabs);
  showTabs();
  addEventListener("changed", showTabs);
  dress(document);
  addEventListener("changed", event => dress(event.target));

  // Relative times stay true while a page is open, in the words of RelativeTime.razor. Dates stay as they are.
  const count = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"}`;
  const relative = passed => {
    const minutes = Math.floor(Math.abs(passed) / 60000);
    if (minutes < 1) return passed < 0 ? "in a moment" : "just now";
    const text = minutes < 60 ? count(minutes, "minute") : minutes < 1440 ? count(Math.floor(minutes / 60), "hour")
      : minutes < 44640 ? count(Math.floor(minutes / 1440), "day") : null;
    return text && (passed < 0 ? `in ${text}` : `${text} ago`);
  };
  setInterval(() => {
    for (const time of document.querySelectorAll("time[datetime]:not([data-countdown])")) {
      const text = relative(Date.now() - new Date(time.dateTime));
      if (text && text !== time.textContent) time.textContent = text;
    }
  }, 30000);

  // What was refused is read first.
  (document.querySelector(".frame-main [aria-invalid=true]") ?? document.querySelector(".frame-main .field-wrong input"))?.focus();
})();
