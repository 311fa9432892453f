import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const backend = process.env.PMP_BACKEND ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../core/web/static",
    emptyOutDir: true,
    target: "es2023",
    // Older targets make the minifier rewrite light-dark() into variables that nobody sets.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // The server forbids data: scripts and inline styles; an inlined asset would need an exception.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": { target: backend, ws: true } } },
  test: {
    environment: "jsdom",
    setupFiles: ["src/testing/setup.ts"],
    css: { modules: { classNameStrategy: "non-scoped" } },
    include: ["src/**/*.test.{ts,tsx}"],
  },
});
