import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

const noDeepImports = {
  group: ["@stationkit/*/src/*", "@stationkit/*/dist/*"],
  message: "Import a package by its name: only its exports are public.",
};

export default defineConfig(
  { ignores: ["**/dist/", "**/node_modules/", "**/.turbo/", "**/.reports/", "**/coverage/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    // One program for all packages: each of its own would read the source of those below it again (measured: twice the time).
    languageOptions: { parserOptions: { project: "tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/prefer-readonly": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-restricted-imports": ["error", { patterns: [noDeepImports] }],
    },
  },
  { files: ["packages/*/src/**/*.ts"], rules: { "no-console": "error" } },
  {
    files: ["packages/partitioner/src/**/*.ts"],
    ignores: ["**/*.test.ts", "**/*.test-d.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [noDeepImports, { regex: "^[^.]", message: "partitioner has no dependency at all." }] },
      ],
    },
  },
  {
    files: ["**/*.test.ts", "**/*.test-d.ts", "**/test/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
  {
    files: ["**/*.mjs", "**/*.cjs"],
    languageOptions: {
      globals: Object.fromEntries(
        ["process", "console", "performance", "setImmediate", "setTimeout", "clearTimeout", "URL", "require"].map(
          (name) => [name, "readonly"],
        ),
      ),
    },
    // The types of JavaScript are in JSDoc, which these two do not read; tsc (checkJs, strict) does.
    rules: {
      "@typescript-eslint/explicit-module-boundary-types": "off",
      "@typescript-eslint/consistent-type-imports": "off",
    },
  },
  { files: ["**/*.cjs"], rules: { "@typescript-eslint/no-require-imports": "off" } },
  {
    files: ["scripts/**/*.test.mjs"],
    rules: {
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            { from: "package", package: "node:test", name: ["test", "afterEach", "beforeEach"] },
          ],
        },
      ],
    },
  },
);
