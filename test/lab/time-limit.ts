// The limit of every test of the lab, where jest.config.js has that of the others: it ends a test that hangs, and measures nothing.
jest.setTimeout(120_000);
