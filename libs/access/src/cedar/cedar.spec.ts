// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** `(module (import "e" "f" (func (result externref))) (func (export "g") (result externref) call 0))` */
const wasm = '0061736d010000000105016000016f02070101650166000003020100070501016700010a0601040010000b';

/** Deoptimizes a function while a function of WebAssembly that it has called returns an object. */
const deoptimize = `
  let isLast = false;
  const f = () => { if (isLast) %DeoptimizeFunction(call); return {}; };
  const { g } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from('${wasm}', 'hex')), { e: { f } }).exports;
  function call() { return g(); }
  %PrepareFunctionForOptimization(call);
  call();
  call();
  %OptimizeFunctionOnNextCall(call);
  call();
  isLast = true;
  console.log(typeof call());`;

describe('a program that has loaded Cedar', () => {
  it('goes on when V8 deoptimizes a function that calls WebAssembly', () => {
    const script = `
      import { loadCedar } from ${JSON.stringify(join(__dirname, 'cedar.ts'))};
      await loadCedar();
      ${deoptimize}`;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--allow-natives-syntax', '--import', 'tsx', '--input-type=module', '--eval', script],
      { encoding: 'utf8', timeout: 60_000 },
    );
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'object\n', stderr: '' });
  });
});
