// @tributary/processor-memorylimiter: what the package exports, written by scripts/api.mjs.
