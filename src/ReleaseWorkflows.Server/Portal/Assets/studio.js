// Puts one element of Elsa Studio on the page, and does around it what it does not do itself: sends to sign in when the session is over, says what
// was refused, and turns its addresses into pages. Stands before Studio's scripts, so that all their requests and navigation pass here.
(() => {
  const host = document.getElementById("studio");
  const { element: name, keyName, key, endpoint, version, logs, starter, assemblies, runtime } = host.dataset;

  // --- Messages -------------------------------------------------------------------------------------------------------------------------

  const messages = document.getElementById("studio-messages");

  const say = text => {
    if ([...messages.children].some(message => message.firstChild.textContent === text)) return;
    const message = document.createElement("div");
    message.className = "studio-message";
    const sentence = document.createElement("p");
    sentence.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "Close";
    close.addEventListener("click", () => message.remove());
    message.append(sentence, close);
    messages.append(message);
  };

  // Instead of the element, whose panes would stay empty.
  const refuse = (title, text) => {
    const box = document.createElement("div");
    box.className = "studio-refused";
    box.role = "alert";
    const heading = document.createElement("h2");
    heading.textContent = title;
    const sentence = document.createElement("p");
    sentence.textContent = text;
    box.append(heading, sentence);
    host.replaceChildren(box);
    refused = true;
  };
  let refused = false;

  const sentenceOf = async response => {
    try {
      const body = await response.clone().json();
      const errors = Object.values(body.errors ?? {}).flat().filter(text => typeof text === "string");
      return errors[0] ?? body.detail ?? null;
    } catch {
      return null;
    }
  };

  // --- Requests -------------------------------------------------------------------------------------------------------------------------

  const signIn = () => location.assign(`/sign-in?returnUrl=${encodeURIComponent(location.pathname + location.search)}`);

  // What the page cannot be shown without.
  const isVital = path => key !== undefined
    && (path.endsWith(`/by-definition-id/${encodeURIComponent(key)}`) || path.endsWith(`/workflow-instances/${encodeURIComponent(key)}`));

  const explain = async (method, path, response) => {
    switch (response.status) {
      case 401:
        return signIn();
      case 403:
        if (method === "GET") return refuse("Not for your roles", await sentenceOf(response) ?? "Your roles do not open this part of the workflows. Ask an admin of the workspace if you need it.");
        return say(await sentenceOf(response) ?? "Your roles do not allow this, so nothing was changed.");
      case 404:
        if (isVital(path)) return refuse("There is nothing here", "It was deleted, the address is wrong, or your roles do not show it.");
        return method === "GET" ? undefined : say("What you changed is gone; somebody deleted it meanwhile. Nothing was saved. Go back to the list.");
      case 409:
      case 412:
        return say(await sentenceOf(response) ?? "Somebody else changed this meanwhile, so nothing was saved. Load the page again to see the other change.");
      case 413:
        return say("This is too large for the server, so nothing was saved.");
      case 429:
        return say("Too many requests were sent at once. Wait a little and repeat.");
    }
    if (response.status >= 500 && !path.endsWith("/execute")) say("The server failed to answer; it is tried again by itself. If this stays, load the page again.");
  };

  // An older version is asked for instead of the newest, and without what could be done to it: Studio shows what has no link for reading only.
  const isVersion = (method, path) => version !== undefined && method === "GET" && path.endsWith(`/by-definition-id/${encodeURIComponent(key)}`);
  const withoutLinks = body => {
    const definition = JSON.parse(new TextDecoder().decode(body));
    definition.links = definition.links?.filter(link => link.rel === "self" || link.rel === "versions" || link.rel === "export");
    return JSON.stringify(definition);
  };

  const send = window.fetch;
  window.fetch = async (resource, options) => {
    const request = resource instanceof Request ? resource : null;
    const address = new URL(request?.url ?? resource, document.baseURI);
    if (address.origin !== location.origin || !address.pathname.startsWith("/elsa/")) return send(resource, options);

    const method = (options?.method ?? request?.method ?? "GET").toUpperCase();
    const isOlder = isVersion(method, address.pathname);
    if (isOlder) {
      address.searchParams.set("versionOptions", version);
      resource = address.href;
    }

    let response;
    try {
      // To its end: Studio lets go of a response as soon as it has what it wants, which the browser would count as a request that failed.
      const answer = await send(resource, options);
      const body = await answer.arrayBuffer();
      const isEmpty = [101, 204, 205, 304].includes(answer.status);
      response = new Response(isEmpty ? null : isOlder && answer.ok ? withoutLinks(body) : body, answer);
    } catch (error) {
      if (error.name === "AbortError") console.debug(`Studio withdrew ${method} ${address.pathname}`);
      else say("The server cannot be reached. What is not saved yet stays on this page; it is tried again by itself.");
      throw error;
    }
    if (!response.ok) await explain(method, address.pathname, response);
    if (response.status === 401) await new Promise(() => { });
    return response;
  };

  // --- Addresses ------------------------------------------------------------------------------------------------------------------------

  // Studio thinks in addresses of its own and only writes them down; here they become pages.
  const pages = [
    [/^\/diagnostics\/structured-logs$/, () => logs ?? null],
    [/\/workflows\/instances\/([^/]+)\/view$/, id => `/studio/instances/${id}`],
    [/\/workflows\/definitions\/([^/]+)\/edit$/, id => `/studio/definitions/${id}`],
    [/\/alterations\/instances\/([^/]+)$/, id => `/studio/instances/${id}`],
  ];
  const pageOf = address => {
    const url = new URL(address, document.baseURI);
    if (url.origin !== location.origin) return null;
    for (const [pattern, page] of pages) {
      const match = pattern.exec(url.pathname);
      if (match) return page(match[1]);
    }
    return null;
  };

  // A list notes page and filter in its address. That is no step of the reader's, so it replaces the address: Back leads to the page before.
  const replace = history.replaceState.bind(history);
  history.pushState = history.replaceState = (state, unused, address) => {
    const page = address === undefined || address === null ? null : pageOf(address);
    if (page === null) replace(state, unused, address);
    else location.assign(page);
  };

  addEventListener("click", event => {
    const link = event.target.closest?.("#studio a[href]");
    const page = link && !event.defaultPrevented ? pageOf(link.href) : null;
    if (page === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    location.assign(page);
  }, { capture: true });

  // What is copied, or opened in another tab, is the page too.
  for (const event of ["pointerover", "focusin"]) {
    host.addEventListener(event, ({ target }) => {
      const link = target.closest?.("a[href]");
      const page = link && pageOf(link.href);
      if (page) link.href = page;
    });
  }

  // --- Icons ------------------------------------------------------------------------------------------------------------------------------

  // Studio knows the icons of Elsa's own activities; all others get a cube. Here ours get theirs, and on their nodes the colour of their phase.
  const looks = new Map();
  const types = new Map();
  for (const { dataset: { type, name, color }, firstElementChild: icon } of document.querySelectorAll("#studio-icons > [data-type]")) {
    looks.set(type, { color, shapes: icon.innerHTML });
    types.set(name, type);
  }

  const cube = "M21,16.5C21,16.88";
  const typeOf = icon => {
    const node = icon.closest("elsa-activity-wrapper");
    if (node) return JSON.parse(node.getAttribute("activity-json") ?? "{}").type;
    const choice = icon.closest("[draggable]");
    if (choice) return types.get(choice.textContent.trim());
    const line = icon.closest(".mud-timeline-item")?.querySelector(".mud-timeline-item-content p:last-of-type");
    return line ? types.get(line.textContent.split(" - ")[0].trim()) : undefined;
  };

  // A row of a list that scrolls is used again for another entry, so icons that are drawn already are looked at again.
  const drawIcons = () => {
    for (const path of host.querySelectorAll(`path[d^="${cube}"]`)) {
      const icon = path.parentElement;
      const type = typeOf(icon);
      if (icon.dataset.release === type) continue;
      const look = looks.get(type);
      icon.querySelector("g")?.remove();
      path.style.display = look ? "none" : "";
      if (!look) {
        delete icon.dataset.release;
        continue;
      }
      icon.dataset.release = type;
      const shapes = document.createElementNS("http://www.w3.org/2000/svg", "g");
      shapes.setAttribute("transform", "translate(2 2) scale(1.25)");
      shapes.setAttribute("fill", "currentColor");
      shapes.innerHTML = look.shapes;
      icon.append(shapes);
      const node = icon.closest("elsa-activity-wrapper");
      if (node) {
        node.dataset.release = type;
        node.style.setProperty("--release-color", look.color);
      }
    }
  };
  let isDrawing = false;
  new MutationObserver(() => {
    if (isDrawing) return;
    isDrawing = true;
    requestAnimationFrame(() => {
      isDrawing = false;
      drawIcons();
    });
  }).observe(host, { childList: true, characterData: true, subtree: true });

  // --- The start ------------------------------------------------------------------------------------------------------------------------

  // Everything is asked for at once, while the rest of the page is read. What the runtime loads before it starts comes in one file.
  const native = send(runtime);
  let files = send(assemblies).then(response => response.arrayBuffer()).then(content => {
    const length = new DataView(content).getUint32(0, true);
    const index = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, length)));
    return name => {
      const [first, count] = index[name];
      return content.slice(4 + length + first, 4 + length + first + count);
    };
  });

  // What the loader asks of an answer, and no more: a Response would copy each file twice again.
  const answer = content => ({ ok: true, headers: { get: () => null }, arrayBuffer: () => Promise.resolve(content) });

  const load = (type, file, address) => {
    switch (type) {
      case "assembly":
      case "globalization":
        return files?.then(take => answer(take(file))).catch(() => send(address));
      case "configuration":
        // Where the server is stands with the element, and nothing else is to be set.
        return Promise.resolve(Response.json({}));
      case "dotnetwasm":
        return native.catch(() => send(address));
    }
  };

  // The names of its files hold their digests; to compute them once more costs a tenth of the start.
  const blazor = document.createElement("script");
  blazor.src = starter;
  blazor.setAttribute("autostart", "false");
  blazor.addEventListener("load", async () => {
    await Blazor.start({ loadBootResource: load, configureRuntime: builder => builder.withConfig({ disableIntegrityCheck: true }) });
    files = null;
  });
  document.head.append(blazor);

  const isRead = new Promise(read => document.addEventListener("DOMContentLoaded", read));

  // --- The element ----------------------------------------------------------------------------------------------------------------------

  const open = {
    "elsa-workflow-definition-list": ["editWorkflowDefinition", id => `/studio/definitions/${encodeURIComponent(id)}`],
    "elsa-workflow-instance-list": ["viewWorkflowInstance", id => `/studio/instances/${encodeURIComponent(id)}`],
    "elsa-workflow-instance-viewer": ["editWorkflowDefinition", id => `/studio/definitions/${encodeURIComponent(id)}`],
  };

  // What the server has shown stays on top until Studio shows the same.
  const takeOver = (element, preview) => {
    element.inert = true;
    host.append(element);
    const observer = new MutationObserver(() => {
      if (!element.querySelector("tbody td")) return;
      observer.disconnect();
      element.inert = false;
      preview.remove();
    });
    observer.observe(element, { childList: true, subtree: true });
  };

  // A property that is set before the class is known would be lost, so the element is made only then.
  Promise.all([customElements.whenDefined(name), isRead]).then(() => {
    if (refused) return;
    const element = document.createElement(name);
    element.setAttribute("remote-endpoint", location.origin + endpoint);
    if (keyName) element.setAttribute(keyName, key);
    if (open[name]) {
      const [callback, page] = open[name];
      element[callback] = id => location.assign(page(id));
    }
    const preview = host.querySelector(".studio-preview");
    if (preview) takeOver(element, preview);
    else host.replaceChildren(element);
    if (key !== undefined) showWhatMatters();
  });

  // --- The first look at a flowchart ------------------------------------------------------------------------------------------------------

  // Studio shows the middle of a flowchart. What a reader wants is where it waits, or else where it begins, large enough to read.
  const designer = "/studio/_content/Elsa.Studio.Workflows.Designer/designer.entry.js";
  const zoom = 0.8;
  const isViewer = name === "elsa-workflow-instance-viewer";

  const showWhatMatters = async () => {
    let isTouched = false;
    for (const event of ["pointerdown", "wheel", "keydown"]) host.addEventListener(event, () => isTouched = true, { once: true, capture: true });
    const { graphBindings } = await import(designer);
    for (let last = "", calm = 0, tries = 0; tries < 150 && !isTouched; tries++) {
      await new Promise(next => setTimeout(next, 100));
      const graph = Object.values(graphBindings)[0]?.graph;
      if (!graph || graph.getNodes().length === 0) continue;

      // Studio measures and centres first; once it has come to rest it is our turn.
      const state = JSON.stringify([graph.translate(), graph.getNodes().map(node => node.size())]);
      calm = state === last ? calm + 1 : 0;
      last = state;
      if (calm < 4) continue;

      const nodes = graph.getNodes();
      if (isViewer && tries < 100 && !nodes.some(node => node.prop("activityStats"))) continue;
      const isWaiting = node => {
        const stats = node.prop("activityStats");
        return Boolean(stats?.blocked || stats?.faulted);
      };
      const focus = nodes.find(isWaiting) ?? nodes.reduce((first, node) => node.position().x < first.position().x ? node : first);
      const box = focus.getBBox();
      const pane = graph.container.getBoundingClientRect();
      graph.zoomTo(zoom);
      const left = isWaiting(focus) ? pane.width / 2 - (box.x + box.width / 2) * zoom : 32 - box.x * zoom;
      graph.translate(left, pane.height / 2 - (box.y + box.height / 2) * zoom);
      return;
    }
  };
})();
