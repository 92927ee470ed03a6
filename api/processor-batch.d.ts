// @tributary/processor-batch: what the package exports, written by scripts/api.mjs.
