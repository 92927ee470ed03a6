// @tributary/exporter-otlphttp: what the package exports, written by scripts/api.mjs.
