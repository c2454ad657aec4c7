// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The main program of givc-cli as one executable file (scripts/package/one-file.mjs): runs the bundle from its compiled
// code, as scripts/start.cjs does. Everything is an asset in the executable, and only Node's own modules are required.
const { Buffer } = require('node:buffer');
const { wrap } = require('node:module');
const { dirname, join } = require('node:path');
const { getAsset, getAssetKeys, getRawAsset } = require('node:sea');
const { Script } = require('node:vm');

const folder = dirname(process.execPath);

function run(name, text, requireOf) {
  const cache = name.replace(/js$/, 'ache');
  const script = new Script(wrap(text), {
    filename: join(folder, name),
    cachedData: getAssetKeys().includes(cache) ? Buffer.from(getRawAsset(cache)) : undefined,
  });
  const module = { exports: {} };
  script.runInThisContext().call(module.exports, module.exports, requireOf, module, join(folder, name), folder);
  return module.exports;
}

/** Cedar reads its WebAssembly from a file. */
const files = { readFileSync: () => new Uint8Array(getRawAsset('cedar_wasm_bg.wasm')) };
let cedar;
const loadCedar = () =>
  (cedar ??= run('cedar_wasm.js', getAsset('cedar_wasm.js', 'utf8'), (name) =>
    name === 'fs' ? files : require(name),
  ));

// esbuild writes plain ASCII.
const text = Buffer.from(getRawAsset('givc-cli.cjs')).latin1Slice();
run('givc-cli.cjs', text, (name) => (name === './cedar/cedar_wasm.js' ? loadCedar() : require(name)));
