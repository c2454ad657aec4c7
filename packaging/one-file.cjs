// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The main program of givc-cli as one executable file (scripts/package/one-file.mjs): runs the bundle from its compiled
// code, as scripts/start.cjs does. All files are assets in the executable, and only Node's own modules are required.
const { Buffer } = require('node:buffer');
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { wrap } = require('node:module');
const { tmpdir } = require('node:os');
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

/** dlopen(3) loads only files, so koffi's native code, which only vsock needs, is written to a file for a moment. */
function loadNative() {
  const temporary = mkdtempSync(join(tmpdir(), 'givc-cli-'));
  try {
    const file = join(temporary, 'koffi.node');
    writeFileSync(file, Buffer.from(getRawAsset('koffi.node')), { mode: 0o700 });
    const module = { exports: {} };
    process.dlopen(module, file);
    return module.exports;
  } finally {
    rmSync(temporary, { recursive: true });
  }
}
let koffi;
const loadKoffi = () =>
  (koffi ??= run('koffi.cjs', getAsset('koffi.cjs', 'utf8'), (name) =>
    name.endsWith('/koffi.node') ? loadNative() : require(name),
  ));

const besides = { './cedar/cedar_wasm.js': loadCedar, './koffi/koffi.cjs': loadKoffi };

// esbuild writes plain ASCII.
const text = Buffer.from(getRawAsset('givc-cli.cjs')).latin1Slice();
run('givc-cli.cjs', text, (name) => besides[name]?.() ?? require(name));
