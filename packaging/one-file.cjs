// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The head of givc-cli as one executable file: scripts/package/one-file.mjs appends the function `program`, which is
// the bundle. The executable has a snapshot of V8's heap after the bundle has run, in which all commands are made
// (https://nodejs.org/docs/latest-v24.x/api/cli.html#--build-snapshot). Cedar and koffi are assets in it, and only
// Node's own modules are required.
const { Buffer } = require('node:buffer');
const { startupSnapshot } = require('node:v8');

if (startupSnapshot.isBuildingSnapshot()) {
  // What Node sets again when the executable starts. The snapshot would be another one for each build.
  for (const [name, value] of Object.entries({ pid: 0, argv0: '', execPath: '' }))
    Object.defineProperty(process, name, { ...Object.getOwnPropertyDescriptor(process, name), value });
  process.argv.length = 0;
}

function run(name, requireOf) {
  const { wrap } = require('node:module');
  const { dirname, join } = require('node:path');
  const { getAsset } = require('node:sea');
  const { Script } = require('node:vm');
  const folder = dirname(process.execPath);
  const script = new Script(wrap(getAsset(name, 'utf8')), { filename: join(folder, name) });
  const module = { exports: {} };
  script.runInThisContext().call(module.exports, module.exports, requireOf, module, join(folder, name), folder);
  return module.exports;
}

/** Cedar reads its WebAssembly from a file. */
const files = { readFileSync: () => new Uint8Array(require('node:sea').getRawAsset('cedar_wasm_bg.wasm')) };
let cedar;
const loadCedar = () => (cedar ??= run('cedar_wasm.js', (name) => (name === 'fs' ? files : require(name))));

/** dlopen(3) loads only files, so koffi's native code, which only vsock needs, is written to a file for a moment. */
function loadNative() {
  const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
  const { tmpdir } = require('node:os');
  const { join } = require('node:path');
  const temporary = mkdtempSync(join(tmpdir(), 'givc-cli-'));
  try {
    const file = join(temporary, 'koffi.node');
    writeFileSync(file, Buffer.from(require('node:sea').getRawAsset('koffi.node')), { mode: 0o700 });
    const module = { exports: {} };
    process.dlopen(module, file);
    return module.exports;
  } finally {
    rmSync(temporary, { recursive: true });
  }
}
let koffi;
const loadKoffi = () =>
  (koffi ??= run('koffi.cjs', (name) => (name.endsWith('/koffi.node') ? loadNative() : require(name))));

const besides = { './cedar/cedar_wasm.js': loadCedar, './koffi/koffi.cjs': loadKoffi };

/** Node's modules that it cannot put into a snapshot. They are loaded when one of their exports is first used. */
const later = ['async_hooks', 'child_process', 'dgram', 'http', 'http2', 'perf_hooks', 'readline/promises', 'tls'];
/** Nest measures how long it takes to make providers. */
const whileBuilding = { perf_hooks: { performance: { now: () => 0 } } };

function loaded(name) {
  if (!startupSnapshot.isBuildingSnapshot()) return require(`node:${name}`);
  if (Object.hasOwn(whileBuilding, name)) return whileBuilding[name];
  throw new Error(`node:${name} is used before the program starts, so it would have to be in the snapshot`);
}

function requireOf(name) {
  if (Object.hasOwn(besides, name)) return besides[name]();
  const own = name.replace(/^node:/, '');
  return later.includes(own) ? new Proxy({}, { get: (_, key) => loaded(own)[key] }) : require(name);
}

/** Node's own clock is the same one, and loads nine modules. */
Object.defineProperty(globalThis, 'performance', { value: { now: () => Number(process.hrtime.bigint()) / 1e6 } });

/* global program */
program({}, requireOf, { exports: {} }, '/usr/bin/givc-cli.cjs', '/usr/bin');
