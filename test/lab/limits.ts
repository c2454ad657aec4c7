/**
 * How long anything in the lab is awaited before it counts as not happening, in milliseconds. It is far above what a
 * busy machine needs: what a thing may take is measured by `npm run bench`, and no test asserts it.
 */
export const waitLimitMs = 120_000;

/** A test waits for several things; the one that does not happen is to be named by its own error. */
export const testLimitMs = 5 * waitLimitMs;
