// @tributary/exporter-debug: what the package exports, written by scripts/api.mjs.
