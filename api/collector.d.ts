// @tributary/collector: what the package exports, written by scripts/api.mjs.
