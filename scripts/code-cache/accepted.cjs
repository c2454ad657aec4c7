// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// node FLAGS accepted.cjs BUNDLE CACHE
// Fails when V8 rejects the compiled code of a bundle; a program with it would compile everything at each start.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { Script } = require('node:vm');

const [bundle, cache] = process.argv.slice(2);
const { cachedDataRejected } = new Script(Module.wrap(readFileSync(bundle, 'latin1')), {
  cachedData: readFileSync(cache),
});
if (cachedDataRejected) {
  process.stderr.write(`V8 rejects ${cache}, because it was made with other flags\n`);
  process.exitCode = 1;
}
