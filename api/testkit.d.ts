// @tributary/testkit: what the package exports, written by scripts/api.mjs.
