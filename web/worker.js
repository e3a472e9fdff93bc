/**
 * The worker, beside all pages of an origin where it can be shared, else beside one: keeps their
 * facts until they are settled, boots Python, and carries JSON text between the pages, Python and the
 * network. What to send, and when, is Python's to decide (tracker/browser).
 */
import { Network } from "./transport/network.js";
import { RawCourier } from "./transport/raw.js";
import { Files } from "./worker/files.js";
import { Hub } from "./worker/hub.js";
import { bootPython } from "./worker/python.js";

/** @import { Port } from "./worker/ports.js" */

const isShared = "onconnect" in self;

const hub = new Hub(!isShared, {
  bootPython,
  startRaw(send) {
    const courier = new RawCourier({
      send,
      elapsed: () => performance.now(),
      date: () => new Date(),
      random: Math.random,
    });
    return (text) => courier.handle(text);
  },
  network: new Network(),
  files: new Files(),
});

/** @param {Port & { onmessage: ((event: MessageEvent) => void) | null }} port */
const serve = (port) => {
  port.onmessage = ({ data }) => hub.hear(port, data);
};

if (isShared) {
  self.addEventListener("connect", (event) => {
    const [port] = /** @type {MessageEvent} */ (event).ports;
    serve(port);
    // Where there is such an event, of a page that died without a word.
    port.addEventListener("close", () => hub.hear(port, { type: "close" }));
  });
} else {
  serve(/** @type {any} */ (self));
}
self.addEventListener("online", () => hub.online());
