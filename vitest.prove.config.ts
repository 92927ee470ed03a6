process.env['TRIBUTARY_RUNS'] ??= '100000';
const { default: config } = await import('./vitest.config.js');

/** The long proofs: property tests alone, two hundred times as long as in `npm test`. */
export default {
  ...config,
  test: {
    ...config.test,
    include: ['{packages,test,examples}/**/*.property.test.ts'],
    testTimeout: 4 * 60 * 60_000,
  },
};
