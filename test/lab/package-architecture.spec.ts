// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { pack, type Packed } from './packed.js';
import { checkout } from './plan.js';
import { output, run } from './run.js';

const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { readonly version: string };

const architectures = {
  x64: { debian: 'amd64', elf: 'Advanced Micro Devices X86-64', gnu: 'x86_64-linux-gnu', qemu: 'qemu-x86_64-static' },
  arm64: { debian: 'arm64', elf: 'AArch64', gnu: 'aarch64-linux-gnu', qemu: 'qemu-aarch64-static' },
} as const;
const arch = process.arch === 'x64' ? 'arm64' : 'x64';
const { debian, elf, gnu, qemu } = architectures[arch];

const libraries = `/usr/${gnu}`;
const emulator = [`/usr/bin/${qemu}`, '-L', libraries];
const isEmulated = existsSync(emulator[0]!) && existsSync(`${libraries}/lib/libstdc++.so.6`);
if (!isEmulated)
  process.stderr.write(
    `SKIPPED: programs for ${arch} start where ${qemu} (Debian: qemu-user-static) and ${libraries}/lib/libstdc++.so.6 (libstdc++6-${debian}-cross) are\n`,
  );

/** The paths of native code that koffi tries in a process of this architecture when no file exists. */
function nativeCodeOf(file: string, processArch: string): string[] {
  const asked: string[] = [];
  const require = (name: string): unknown => {
    if (!name.endsWith('.node')) return process.getBuiltinModule(name);
    asked.push(name);
    throw new Error('it is not there');
  };
  const fake = { ...process, arch: processArch, platform: 'linux', execPath: process.execPath };
  const load = new Script(
    `(function (require, module, __filename, __dirname, process) {${readFileSync(file, 'utf8')}\n})`,
  );
  expect(() =>
    (load.runInThisContext() as (...args: unknown[]) => void)(require, { exports: {} }, file, '/nonexistent', fake),
  ).toThrow('native Koffi module');
  return asked.map((name) => name.replace(/^\.\//, ''));
}

describe(`what npm run package makes for ${arch} on another architecture`, () => {
  let folder: string;
  let packed: Packed;
  const file = (name: string) => join(folder, 'files', name);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-packed-'));
    packed = await pack(join(folder, 'packed'), arch);
    await output(['dpkg-deb', '--extract', packed.deb, file('')]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has binaries for that architecture alone, and names it to dpkg', async () => {
    const binaries = (await output(['sh', '-c', `grep -rlP '\\A\\x7fELF' ${file('')} | sort`])).split('\n');
    expect(binaries).toEqual(
      ['usr/bin/givc-cli', `usr/lib/givc/lib/koffi/linux_${arch}/koffi.node`, 'usr/lib/givc/node'].map(file),
    );
    for (const binary of [...binaries, packed.cli])
      expect(await output(['readelf', '--file-header', binary])).toMatch(new RegExp(`Machine: +${elf}\n`));
    expect(await output(['dpkg-deb', '--field', packed.deb, 'Architecture'])).toBe(debian);
    const materials = JSON.parse(readFileSync(file('usr/share/doc/givc/sbom.cdx.json'), 'utf8')) as {
      readonly components: readonly { readonly name: string; readonly purl: string }[];
    };
    expect(materials.components.find(({ name }) => name === 'node')!.purl).toMatch(
      new RegExp(`^pkg:npm/node-linux-${arch}@24\\.`),
    );
  });

  it.each(['x64', 'arm64'])(
    'has code of koffi that requires the native code for the process that runs it: %s',
    (each) => {
      const code = file('usr/lib/givc/lib/koffi/koffi.cjs');
      expect(nativeCodeOf(code, each)).toContain(`linux_${each}/koffi.node`);
    },
  );

  (isEmulated ? it : it.skip)('has programs that start on an emulated processor', async () => {
    const cli = (...args: string[]) => run([...emulator, file('usr/bin/givc-cli'), ...args]);
    const daemon = (name: string, ...args: string[]) =>
      run([...emulator, file('usr/lib/givc/node'), file(`usr/lib/givc/bin/${name}`), ...args]);
    expect((await cli('--version')).stdout.trim()).toBe(version);
    for (const name of ['givc-admin', 'givc-agent'])
      expect((await daemon(name, '--version')).stdout.trim()).toBe(version);
    expect(
      await daemon('givc-agent', '-check', file('usr/share/doc/givc/examples/agent.json'), '-no-files'),
    ).toMatchObject({
      status: 0,
    });
    // Both use native code: WebAssembly, as V8 compiles it, and koffi.
    const rules = join(folder, 'rules.cedar');
    writeFileSync(rules, 'permit(principal == Source::"admin-vm", action, resource);\n');
    expect(await cli('policy', 'check', rules)).toMatchObject({ status: 0 });
    expect((await cli('--vsock', '2:9001', '--notls', 'query')).stderr).not.toContain('koffi');
  });
});
