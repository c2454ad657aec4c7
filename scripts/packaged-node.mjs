// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Runs tests in process on the Node of the packages (packaging/node/package-lock.json), which is newer than the oldest
// supported one: the tests of what depends on the release of Node, or with --all every test.
import { execFileSync, spawnSync } from 'node:child_process';
import './no-color.mjs';
import { installNode } from './package/node.mjs';
import { path } from './package/release.mjs';

/** Specs of code that uses more than Node's public interface, or whose behaviour depends on the release of Node. */
const dependent = [
  // node:http2, node:tls and grpc-js, also beneath their public names
  'libs/rpc',
  // native code that Node loads, and its sockets and buffers in Node's event loop
  'libs/native',
  'libs/vsock',
  'libs/dbus',
  // OpenSSL's certificates, keys and errors
  'libs/pki/src/(authority|certificate|handshake)',
  'libs/access/src/identity',
  // fs.watch, spawn, and the process's own streams and signals
  'libs/config/src/live-files',
  'libs/programs',
  'libs/daemon',
  // WebAssembly
  'libs/access/src/cedar',
  // Nest's servers and clients in whole daemons, and what peers do to their connections
  'e2e/(attackers|broken-http2|certificate-chain|connection-certificate|early-certificate|expired-peers)',
  'e2e/(exec|hang-up|live-files|overload|policies-web|programs|renewal|server-limits|slept-certificates)',
  'e2e/(socket-proxy|streams|unread-answers)',
];

const { node: installed } = installNode(process.arch);
const node = `${installed}/bin/node`;
process.stdout.write(`The tests run on Node ${execFileSync(node, ['--version'])}`);
execFileSync(node, [path('scripts/generate.mjs')], { stdio: 'inherit' });
// Programs that a test starts as `node` run on it as well.
const PATH = `${installed}/bin:${process.env.PATH}`;
const jest = [path('node_modules/jest/bin/jest.js'), '--selectProjects', 'unit', 'e2e', '--maxWorkers=100%'];
const which = process.argv.includes('--all') ? [] : ['--testPathPatterns', dependent.join('|')];
const { status } = spawnSync(node, [...jest, '--passWithNoTests=false', ...which], {
  cwd: path(''),
  env: { ...process.env, PATH },
  stdio: 'inherit',
});
process.exit(status ?? 1);
