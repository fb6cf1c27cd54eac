// What the pages of mini programs and the search box do beyond HTML. Every page works without it.
(() => {
  // “/” leads to the search box, unless somebody types.
  addEventListener("keydown", event => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    const search = document.getElementById("frame-search");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  // A link to a page that can stand over this one. Its form goes to the page itself, so nothing else changes.
  let opener = null;
  addEventListener("click", async event => {
    const link = event.target.closest?.("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    try {
      const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
      const body = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-dialog-body]");
      if (!answer.ok || !body) throw new Error("not a dialog");
      opener = link;
      const dialog = document.createElement("dialog");
      dialog.className = "over";
      dialog.setAttribute("aria-labelledby", body.getAttribute("aria-labelledby") ?? "");
      dialog.append(document.importNode(body, true));
      dialog.addEventListener("close", () => {
        dialog.remove();
        opener?.focus();
      });
      document.querySelector(".frame-main").append(dialog);
      dialog.dispatchEvent(new Event("changed", { bubbles: true }));
      dialog.showModal();
    } catch {
      location.assign(link.href);
    }
  });
  addEventListener("click", event => {
    const close = event.target.closest?.("dialog.over [data-dialog-close]");
    if (!close) return;
    event.preventDefault();
    close.closest("dialog").close();
  });

  // An upload that shows how far it is, and what is wrong with the package without losing the file that was chosen.
  const size = bytes => bytes < 1e6 ? `${Math.round(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
  for (const form of document.querySelectorAll("form[data-upload]")) {
    const place = form.parentElement.querySelector("[data-upload-problem]");
    const files = form.parentElement.querySelector("[data-upload-files]");
    const progress = form.querySelector("[data-upload-progress]");
    const bar = progress.querySelector("progress");
    const status = progress.querySelector("[data-upload-status]");
    const button = form.querySelector("button[type=submit]");
    let request = null;

    const tell = (title, detail) => {
      const notice = document.createElement("div");
      notice.className = "notice notice-problem";
      notice.setAttribute("role", "alert");
      const strong = document.createElement("strong");
      strong.className = "notice-title";
      strong.textContent = title;
      const text = document.createElement("div");
      text.append(strong, detail);
      notice.append(text);
      place.replaceChildren(notice);
    };
    const mark = errors => {
      for (const error of form.querySelectorAll("[data-upload-error]")) {
        const messages = errors[error.dataset.uploadError] ?? [];
        error.textContent = messages.join(" ");
        error.hidden = messages.length === 0;
        const input = form.elements[error.dataset.uploadError];
        input.toggleAttribute("aria-invalid", messages.length > 0);
        if (messages.length > 0) input.setAttribute("aria-invalid", "true");
      }
      const entries = Object.entries(errors).filter(([field]) => field.startsWith("package/"));
      files.hidden = entries.length === 0;
      files.querySelector("ul").replaceChildren(...entries.map(([field, messages]) => {
        const item = document.createElement("li");
        const name = document.createElement("code");
        name.textContent = field.slice("package/".length);
        item.append(name, " ", messages.join(" "));
        return item;
      }));
    };
    const end = () => {
      request = null;
      progress.hidden = true;
      button.disabled = false;
    };

    form.addEventListener("submit", event => {
      event.preventDefault();
      if (request) return;
      const limit = Number(form.dataset.uploadLimit);
      const chosen = form.elements.package.files[0];
      place.replaceChildren();
      mark({});
      if (chosen.size > limit) {
        mark({ package: [`${chosen.name} has ${size(chosen.size)}; a package has at most ${size(limit)}. Leave out what users do not need.`] });
        form.elements.package.focus();
        return;
      }
      request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.addEventListener("progress", step => {
        bar.value = step.total > 0 ? step.loaded / step.total * 100 : 0;
        status.textContent = step.loaded < step.total ? `${size(step.loaded)} of ${size(step.total)} sent` : "Sent; the package is being checked";
      });
      request.addEventListener("load", () => {
        const answer = request.response ?? {};
        if (request.status === 200 && answer.next) {
          location.assign(answer.next);
          return;
        }
        const status = request.status;
        end();
        if (status === 401) tell("You are signed out", "Sign in in another tab, then upload again; what you chose is still here.");
        else if (answer.errors) {
          tell("Nothing was kept", "The upload cannot be used as it is. Everything that is wrong with it stands below.");
          mark(answer.errors);
        } else tell("Nothing was kept", answer.detail ?? `The server answered with status ${status}. Try again.`);
      });
      request.addEventListener("error", () => {
        end();
        tell("The upload was cut off", "Nothing was kept. Check the connection, then upload again; what you chose is still here.");
      });
      request.addEventListener("abort", () => {
        end();
        tell("The upload was stopped", "Nothing was kept.");
      });
      button.disabled = true;
      progress.hidden = false;
      bar.value = 0;
      status.textContent = "Sending";
      request.send(new FormData(form));
    });
    progress.querySelector("[data-upload-cancel]").addEventListener("click", () => request?.abort());
  }
})();
