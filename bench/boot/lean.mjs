import { boot } from "../../web/runtime/boot.js";
import { measure } from "./facts.mjs";

const urls = Object.fromEntries(new URL(import.meta.url).searchParams);
measure(async (send) => (await boot(urls, send)).handleMessage);
