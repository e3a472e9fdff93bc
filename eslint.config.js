import js from "@eslint/js";
import globals from "globals";

/** The recommended rules and no taste of our own; TypeScript knows better what is defined. */
export default [
  { ignores: ["tracker/collector/assets/", "dist/", ".cache/", ".venv/"] },
  js.configs.recommended,
  // `const { left, ...rest } = it` is how a key is left out.
  { rules: { "no-unused-vars": ["error", { ignoreRestSiblings: true }] } },
  {
    files: ["web/**/*.js"],
    languageOptions: {
      globals: {
        ...globals.browser,
        __TRACKER_VERSION__: "readonly",
        __DELIVERY_PATH__: "readonly",
        __WORKER_PATH__: "readonly",
        __PYTHON__: "readonly",
      },
    },
  },
  {
    files: ["**/*.mjs", "tests/**/*.js"],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
];
