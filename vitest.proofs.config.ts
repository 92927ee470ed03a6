const { default: config } = await import('./vitest.config.js');

/**
 * Proofs that take real processes, sockets and time: kills, overload, faulty backends. They run the built
 * programs. `TRIBUTARY_PROVE=1` is the long form.
 */
export default {
  ...config,
  test: {
    ...config.test,
    exclude: [],
    include: ['test/proofs/**/*.proof.test.ts'],
    // One at a time: each measures processes that must not starve one another.
    fileParallelism: false,
    testTimeout: 30 * 60_000,
  },
};
