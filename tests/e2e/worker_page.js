/* What worker_page.py evaluates in its page: the names below become the page's globals. */
(() => {
  const environment = {
    app: { name: "acme_webapp" },
    library: { name: "tracker.js", version: "0" },
    page: { hostname: location.hostname },
    screen: { width: 1280, height: 800, density: 1, innerWidth: 1280, innerHeight: 720 },
  };
  const visit = { anonymousId: "visitor", sessionId: Date.now() };
  /** @type {any} */
  let port;

  const page = {
    /** @type {any[]} */
    heard: [],

    connect(/** @type {string} */ kind, /** @type {string} */ url, /** @type {object} */ settings) {
      if (kind === "shared") {
        const options = /** @type {any} */ ({
          type: "module",
          name: "tracker",
          extendedLifetime: true,
        });
        port = new SharedWorker(url, options).port;
      } else {
        const blob = new Blob([`import "${url}"`], { type: "text/javascript" });
        port = new Worker(kind === "blob" ? URL.createObjectURL(blob) : url, { type: "module" });
      }
      port.onmessage = (/** @type {any} */ { data }) =>
        page.heard.push({ ...data, at: performance.now() });
      page.post({ type: "open", environment, settings });
      addEventListener("pagehide", ({ persisted }) =>
        page.post({ type: persisted ? "hide" : "close" }),
      );
      addEventListener("pageshow", ({ persisted }) => persisted && page.post({ type: "show" }));
    },

    post: (/** @type {unknown} */ message) => port.postMessage(message),

    factOf(/** @type {string} */ name) {
      const id = crypto.randomUUID();
      return [id, JSON.stringify({ id, at: Date.now(), kind: "track", name, path: [], visit })];
    },

    track(/** @type {string} */ name) {
      const fact = page.factOf(name);
      page.post({ type: "facts", facts: [fact] });
      return fact[0];
    },

    idsOf: (/** @type {string} */ kind) =>
      page.heard.flatMap(({ type, ids }) => (type === kind ? ids : [])),

    idsOnDisk: () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("tracker", 1);
        opening.onupgradeneeded = () =>
          opening.result.createObjectStore("facts", { keyPath: "id" });
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const request = opening.result.transaction("facts").objectStore("facts").getAllKeys();
          request.onsuccess = () => {
            opening.result.close();
            resolve(request.result);
          };
        };
      }),

    environment,
  };
  Object.assign(window, page);
})();
