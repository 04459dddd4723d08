import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [svelte({ configFile: false })],
  // One script and one sheet, both from our own origin: the window's policy lets nothing else run.
  build: { target: "safari16.4", modulePreload: false, assetsInlineLimit: 0 },
});
