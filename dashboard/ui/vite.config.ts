import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2022",
    modulePreload: false,
    // an inlined asset would need a wider policy
    assetsInlineLimit: 0,
    outDir: process.env.PAGE_OUT ?? "dist",
    emptyOutDir: true,
    reportCompressedSize: false,
  },
  // API and streams of a running dashboard: PAGE_API=http://127.0.0.1:8080 npx vite
  server: { proxy: { "/api": process.env.PAGE_API ?? "http://127.0.0.1:8080" } },
});
