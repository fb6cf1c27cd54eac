// Keeps an open page up to date (Portal/Live): when the server says that something has changed, the page is fetched anew and its parts that differ are taken
// over. A part that somebody works on stays as it is, and says so.
(() => {
  const root = document.querySelector("[data-live-topic]");
  if (!root || !window.signalR) return;
  const voice = document.querySelector("[data-live-voice]");
  const parts = page => new Map([...page.querySelectorAll("[data-live]")].map(part => [part.dataset.live, part]));

  // What differs with each rendering, though nothing has changed.
  const plain = part => {
    const copy = part.cloneNode(true);
    for (const input of copy.querySelectorAll("input[type=hidden]")) input.remove();
    for (const time of copy.querySelectorAll("time")) { time.textContent = ""; time.removeAttribute("title"); }
    for (const shown of copy.querySelectorAll("[hidden]")) shown.removeAttribute("hidden");
    for (const cell of copy.querySelectorAll("[data-label]")) cell.removeAttribute("data-label");
    for (const added of copy.querySelectorAll(".live-notice")) added.remove();
    return copy.innerHTML;
  };
  const rendered = new Map([...parts(document)].map(([name, part]) => [name, plain(part)]));

  const compared = new Set();

  const isChanged = field => field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
    : field.tagName === "SELECT" ? [...field.options].some(option => option.selected !== option.defaultSelected) && field.selectedIndex > 0
    : field.type === "file" ? field.files.length > 0
    : field.type !== "hidden" && field.value !== field.defaultValue;
  const isInWork = part => [...part.querySelectorAll("form")].some(form =>
    form.dataset.kept !== undefined || form.dataset.sent || form.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")
    || [...form.elements].some(field => field.matches("input, textarea, select") && isChanged(field)));

  const keep = (part, fresh, says = "Something has changed since you began. What you typed is kept. ", asks = "Show how it stands now") => {
    part.querySelector(".live-notice")?.remove();
    const notice = document.createElement("div");
    notice.className = "notice notice-warning live-notice";
    notice.setAttribute("role", "status");
    const text = document.createElement("div");
    text.textContent = says;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = asks;
    button.addEventListener("click", () => take(part, fresh));
    text.append(button);
    notice.append(text);
    part.prepend(notice);
  };
  const take = (part, fresh) => {
    const isFocused = part.contains(document.activeElement);
    // What the reader has opened or closed stays so.
    const opened = new Map([...part.querySelectorAll("[id] > details")].map(details => [details.parentElement.id, details.open]));
    part.innerHTML = fresh.innerHTML;
    for (const details of part.querySelectorAll("[id] > details")) if (opened.has(details.parentElement.id)) details.open = opened.get(details.parentElement.id);
    part.dispatchEvent(new Event("changed", { bubbles: true }));
    if (isFocused) {
      part.tabIndex = -1;
      part.focus({ preventScroll: true });
    }
  };

  let isFetching = false;
  let hasNews = false;
  const refresh = async () => {
    if (isFetching) {
      hasNews = true;
      return;
    }
    isFetching = true;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html", "x-live": "1" }, cache: "no-store" });
      if (answer.redirected && new URL(answer.url).pathname === "/sign-in") {
        for (const part of parts(document).values()) keepSignedOut(part);
        connection.stop();
        return;
      }
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = parts(page);
      const said = document.querySelector("[data-live-announce]")?.textContent;
      for (const [name, part] of parts(document)) {
        const now = fresh.get(name);
        if (!now) continue;
        const text = plain(now);
        if (text === rendered.get(name)) continue;
        rendered.set(name, text);
        // A form that was refused looks different when the page is fetched anew; what counts is what changes from then on.
        if (part.querySelector("[data-kept]") && !compared.has(name)) {
          compared.add(name);
          continue;
        }
        if (part.dataset.liveOffer) keep(part, now, `${part.dataset.liveOffer} `, "Show");
        else if (isInWork(part)) keep(part, now);
        else take(part, now);
      }
      const says = page.querySelector("[data-live-announce]")?.textContent;
      if (says && says !== said) voice.textContent = says;
      if (page.title) document.title = page.title;
    } finally {
      isFetching = false;
      if (hasNews) {
        hasNews = false;
        schedule();
      }
    }
  };
  const keepSignedOut = part => {
    if (document.querySelector(".live-signed-out")) return;
    const notice = document.createElement("div");
    notice.className = "notice notice-warning live-notice live-signed-out";
    notice.setAttribute("role", "status");
    notice.textContent = "You are not signed in any more, so this page does not change by itself. What you send is kept until you have signed in again.";
    part.prepend(notice);
  };

  // Commits come in bursts; the page is fetched once for each.
  let timer;
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => { /* the next change tries again */ }), 150);
  };

  const connection = new signalR.HubConnectionBuilder().withUrl("/hubs/portal")
    .withAutomaticReconnect({ nextRetryDelayInMilliseconds: context => Math.min(30000, 1000 * 2 ** context.previousRetryCount) })
    .configureLogging(signalR.LogLevel.None).build();
  const watch = () => Promise.all(root.dataset.liveTopic.split(" ").map(topic => connection.invoke("Watch", topic)));
  connection.on("changed", schedule);
  // Not everything that comes with time changes what is watched: when a countdown has ended, the page is looked at for a while.
  setInterval(() => {
    const passed = [...document.querySelectorAll("time[data-countdown]")].map(time => Date.now() - new Date(time.dateTime));
    if (passed.some(wait => wait > 1000 && wait < 300000)) schedule();
  }, 5000);
  // What happened while nobody listened is not told again.
  connection.onreconnected(() => watch().then(schedule));
  const start = () => connection.start().then(watch).then(schedule).then(() => document.documentElement.dataset.live = "on").catch(() => setTimeout(start, 10000));
  start();
})();
