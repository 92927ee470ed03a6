// @tributary/exporter-nop: what the package exports, written by scripts/api.mjs.
