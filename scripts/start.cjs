// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Starts a bundled program from its source and, if the build has left it, its compiled code, which makes the start
// faster. V8 accepts compiled code only from the same version and flags; otherwise the program starts from its source.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { Script } = require('node:vm');

module.exports = (name) => {
  const file = path.join(__dirname, `${name}.cjs`);
  const cache = path.join(__dirname, `${name}.cache`);
  // esbuild writes plain ASCII.
  const script = new Script(Module.wrap(readFileSync(file, 'latin1')), {
    filename: file,
    cachedData: existsSync(cache) ? readFileSync(cache) : undefined,
  });
  if (process.env.GIVC_CODE_CACHE === 'write')
    process.on('exit', () => writeFileSync(cache, script.createCachedData()));
  const main = { exports: {} };
  script.runInThisContext().call(main.exports, main.exports, require, main, file, __dirname);
};
