// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run test:kernel: runs the tests of test/kernel in a virtual machine with Debian's kernel, because the kernel of
// this machine may lack vsock with both ends in one machine, and virtual input devices. Where the virtual machine
// cannot run, it prints why and skips the tests. node scripts/kernel.mjs [--bench] [PART of the name of a spec]:
// --bench runs the measurements of test/kernel instead. GIVC_ORIGINAL names a folder with the givc-agent of the
// original; with it the event proxy is also tested between the two implementations.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
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

const log = (line) => void process.stdout.write(`${line}\n`);

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
    apparmor: ['/usr/bin/aa-exec'],
  });
  if (problem !== undefined) skip(problem);
  if (!existsSync('/usr/bin/apt-get')) skip('the kernel is a package of Debian, and there is no apt-get');
  try {
    return kernelImage(cache);
  } catch (error) {
    return skip(`the kernel cannot be fetched: ${String(error.message).split('\n')[0]}`);
  }
}

/**
 * Copies the agent of the original into the shared folder; returns its path in the virtual machine, if there is one.
 */
function shareOriginal() {
  const folder = `${shared}/original`;
  rmSync(folder, { recursive: true, force: true });
  const skipped = (reason) => log(`*** skipped: the event proxy with an agent of the original at one end: ${reason}`);
  if (!process.env.GIVC_ORIGINAL) return skipped('GIVC_ORIGINAL names no folder with its givc-agent');
  const agent = `${process.env.GIVC_ORIGINAL}/givc-agent`;
  if (!existsSync(agent)) return skipped(`there is no ${agent}`);
  if (!readFileSync(agent).includes('Event Proxy Server')) return skipped(`${agent} was built without its event proxy`);
  mkdirSync(folder, { recursive: true });
  copyFileSync(agent, `${folder}/givc-agent`);
  return '/run/shared/original';
}

const started = Date.now();
const isBench = process.argv.includes('--bench');
const part = process.argv.slice(2).find((argument) => argument !== '--bench') ?? '';
const image = prepare();
mkdirSync(shared, { recursive: true });
const report = `${shared}/report.json`;
rmSync(report, { force: true });
const program = `${cache}/specs.cjs`;
const specs = await bundleSpecs(root, 'test/kernel', part, isBench ? '.bench.ts' : '.spec.ts', program);
const original = specs.some((name) => name.startsWith('event')) ? shareOriginal() : undefined;
log(`${specs.join(', ')} on Linux ${image.release} in a virtual machine, with an emulated processor:`);
const status = await runInMachine(image, {
  shared,
  limitMs,
  folder: root,
  load: modules,
  environment: { CI: 'true', NO_COLOR: '1', ...(original && { GIVC_ORIGINAL: original }) },
  command: [process.execPath, program, '/run/shared/report.json'],
  onOutput: (text) => process.stdout.write(text),
});
const seconds = Math.round((Date.now() - started) / 1_000);
if (!existsSync(report)) log(`\n*** the virtual machine ended without an answer after ${seconds} s`);
const { passed, failed, skipped } = existsSync(report)
  ? JSON.parse(readFileSync(report, 'utf8'))
  : { passed: 0, failed: 1, skipped: 0 };
log(`\n${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s (test/kernel)`);
process.exit(status === 0 && failed === 0 ? 0 : 1);
