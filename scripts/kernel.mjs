// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run test:kernel: runs the tests of test/kernel in a virtual machine with Debian's kernel, because the kernel of
// this machine may lack vsock with both ends in one machine, and virtual input devices. Where the virtual machine
// cannot run, it prints why and skips the tests. node scripts/kernel.mjs [PART of the name of a spec]
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { arch } from 'node:process';
import { installPackages } from './debian-packages.mjs';
import { bundleSpecs } from './kernel/bundle.mjs';
import { kernelImage } from './kernel/image.mjs';
import { runInMachine } from './kernel/machine.mjs';

const root = new URL('..', import.meta.url).pathname.replace(/\/$/, '');
const cache = `${root}/dist/kernel`;
const shared = `${cache}/shared`;
const modules = ['vsock', 'vsock_loopback', 'uinput', 'evdev'];
/** The time limit of the virtual machine, so that the whole program ends within ten minutes. */
const limitMs = 8 * 60_000;

const log = (line) => process.stdout.write(`${line}\n`);

function skip(reason) {
  log(`\n*** THE TESTS OF THE KERNEL DID NOT RUN: ${reason}\n*** skipped: test/kernel\n`);
  process.exit(0);
}

function prepare() {
  if (arch !== 'x64') skip(`the virtual machine is made for x64 only, and this is ${arch}`);
  const problem = installPackages({
    'qemu-system-x86': ['/usr/bin/qemu-system-x86_64'],
    kmod: ['/usr/sbin/depmod', '/sbin/depmod'],
    cpio: ['/usr/bin/cpio', '/bin/cpio'],
    dbus: ['/usr/bin/dbus-daemon'],
    'util-linux': ['/usr/bin/setpriv'],
  });
  if (problem !== undefined) skip(problem);
  if (!existsSync('/usr/bin/apt-get')) skip('the kernel is a package of Debian, and there is no apt-get');
  try {
    return kernelImage(cache);
  } catch (error) {
    return skip(`the kernel cannot be fetched: ${String(error.message).split('\n')[0]}`);
  }
}

const started = Date.now();
const image = prepare();
mkdirSync(shared, { recursive: true });
const report = `${shared}/report.json`;
rmSync(report, { force: true });
const program = `${cache}/specs.cjs`;
const specs = await bundleSpecs(root, 'test/kernel', process.argv[2] ?? '', program);
log(`${specs.join(', ')} on Linux ${image.release} in a virtual machine, with an emulated processor:`);
const status = await runInMachine(image, {
  shared,
  limitMs,
  folder: root,
  load: modules,
  environment: { CI: 'true', NO_COLOR: '1' },
  command: [process.execPath, program, '/run/shared/report.json'],
  onOutput: (text) => process.stdout.write(text),
});
const seconds = Math.round((Date.now() - started) / 1_000);
if (!existsSync(report)) log(`\n*** the virtual machine ended without an answer after ${seconds} s`);
const { passed, failed } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { passed: 0, failed: 1 };
log(`\n${passed} passed, ${failed} failed in ${seconds} s (test/kernel)`);
process.exit(status === 0 && failed === 0 ? 0 : 1);
