// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Builds dist/bin/givc-admin, givc-agent and givc-cli: types and descriptors from proto/, TypeScript by the Nest CLI
// (tsc emits the metadata of decorators, which esbuild cannot), then one bundle for each program.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { leanCommander } from './bundle/lean-commander.mjs';
import { leanNest } from './bundle/lean-nest.mjs';
import { leanProtobuf } from './bundle/lean-protobuf.mjs';
import { patched } from './bundle/patched.mjs';
import { compileDaemons } from './code-cache/compile-daemons.mjs';

const root = new URL('..', import.meta.url);
const path = (name) => new URL(name, root).pathname;
const log = (line) => process.stderr.write(`${line}\n`);
const run = (program, ...args) => execFileSync(program, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
const { version } = JSON.parse(readFileSync(path('package.json'), 'utf8'));

// Otherwise Node parses 150 authorities of the web for its first TLS context. Only the admin needs them: a source of
// policies may be an https URL, also on a machine without authorities of its own.
const noAuthorities = '--use-openssl-ca';

// Options that save memory in each VM: a small young generation, a heap that grows slowly, one malloc arena that keeps
// no large buffers (mallopt(3)), and the simple compiler for the WebAssembly of Cedar, where access control is on: 15
// MB instead of 60, at 0.15 ms for a decision instead of 0.08. The admin, of which there is only one, has a young
// generation of twice the size, with which it answers a tenth more calls. An agent's heap grows faster while its
// sockets are busy (apps/agent/src/socket-proxy/heap-growth.ts).
const env = ['MALLOC_ARENA_MAX=1', 'MALLOC_MMAP_THRESHOLD_=65536'];
const flags = ['--liftoff-only', '--heap-growing-percent=30', '--expose-gc'];
const programs = {
  'givc-admin': { entry: 'admin', flags: [...flags, '--max-semi-space-size=2'], env },
  'givc-agent': { entry: 'agent', flags: [noAuthorities, ...flags, '--max-semi-space-size=1'], env },
  // The command line is not a server, so Nest needs none of its transports.
  'givc-cli': {
    entry: 'cli',
    flags: [noAuthorities],
    env: [],
    without: ['@nestjs/microservices'],
    warmUp: ['--notls', '--addr', '/nonexistent/admin.sock', 'query'],
  },
};

// Nest loads its optional packages by name and works without them; codecs and descriptors come from the build, so that
// it needs no proto parser.
const absent = [
  '@grpc/proto-loader',
  'cosmiconfig',
  'inquirer',
  '@fig/complete-commander',
  '@nestjs/websockets',
  '@nestjs/websockets/socket-module',
  '@nestjs/platform-express',
  'class-transformer',
  'class-validator',
  '@mikro-orm/core',
  'kafkajs',
  'mqtt',
  'nats',
  '@nats-io/transport-node',
  'ioredis',
  'amqplib',
  'amqp-connection-manager',
  'usocket',
  'x11',
  'cache-manager',
  'file-type',
];

const withoutOptionals = (more) => ({
  name: 'without-optionals',
  setup(bundle) {
    const pattern = new RegExp(
      `^(${[...absent, ...more].map((name) => name.replace(/[/.]/g, '\\$&')).join('|')})(/.*)?$`,
    );
    bundle.onResolve({ filter: pattern }, ({ path: name }) => ({ path: name, namespace: 'absent' }));
    bundle.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'module.exports = {};' }));
  },
});

// Cedar reads its WebAssembly from its own folder, koffi its native code, and prom-client is loaded only where metrics
// are enabled. They stay out of the bundles and are read when they are needed.
const externals = {
  '@cedar-policy/cedar-wasm/nodejs': './cedar/cedar_wasm.js',
  'prom-client': './prom-client.cjs',
  koffi: './koffi/koffi.cjs',
};
const outOfBundles = {
  name: 'out-of-bundles',
  setup(bundle) {
    bundle.onResolve({ filter: /^(@cedar-policy\/cedar-wasm\/nodejs|prom-client|koffi)$/ }, ({ path: name }) => ({
      path: externals[name],
      external: true,
    }));
  },
};

rmSync(path('dist/nest'), { recursive: true, force: true });
mkdirSync(path('dist/bin'), { recursive: true });
mkdirSync(path('dist/lib/cedar'), { recursive: true });
copyFileSync(path('scripts/start.cjs'), path('dist/lib/start.cjs'));
for (const file of ['cedar_wasm.js', 'cedar_wasm_bg.wasm'])
  copyFileSync(path(`node_modules/@cedar-policy/cedar-wasm/nodejs/${file}`), path(`dist/lib/cedar/${file}`));
writeFileSync(path('dist/package.json'), '{ "type": "commonjs" }\n');
log('Making types from proto/ ...');
run('node', path('scripts/generate.mjs'));
log('Compiling ...');
run(path('node_modules/.bin/nest'), 'build', '--all');
// A program that uses one export of a library does not include the others.
writeFileSync(path('dist/nest/package.json'), '{ "type": "module", "sideEffects": false }\n');

log(`Bundling ${Object.keys(programs).join(', ')} into dist/ ...`);
const oneFile = { bundle: true, platform: 'node', target: 'node20.19', format: 'cjs', legalComments: 'none' };
const metrics = await build({
  absWorkingDir: path('.'),
  entryPoints: [path('node_modules/prom-client/index.js')],
  outfile: path('dist/lib/prom-client.cjs'),
  ...oneFile,
  minify: true,
  metafile: true,
});

// koffi requires its native code from the package of its platform, of which only the one for this machine is installed.
// Each platform's package names its files by architecture. The bundle puts the architecture of the process into these
// names, so that one bundle works on every platform.
const koffiPackage = `@koromix/koffi-${process.platform}-${process.arch}`;
const ofEachArchitecture = {
  name: 'of-each-architecture',
  setup(bundle) {
    const file = path(`node_modules/${koffiPackage}/index.js`);
    const named = (libc, arch) => `./${libc}_${arch}/koffi.node`;
    const replacements = ['musl', 'linux'].map((libc) => [
      `"${named(libc, process.arch)}"`,
      `\`${named(libc, '${process.arch}')}\``,
    ]);
    bundle.onResolve({ filter: /^@koromix\/koffi-linux-(x64|arm64)$/ }, () => ({ path: file }));
    bundle.onLoad({ filter: /@koromix\/koffi-linux-\w+\/index\.js$/ }, () => ({
      contents: patched(file, Object.fromEntries(replacements)),
    }));
  },
};
await build({
  entryPoints: [path('node_modules/koffi/index.cjs')],
  outfile: path('dist/lib/koffi/koffi.cjs'),
  ...oneFile,
  minify: true,
  logLevel: 'error',
  plugins: [ofEachArchitecture],
});
cpSync(path(`node_modules/${koffiPackage}`), path('dist/lib/koffi'), {
  recursive: true,
  filter: (file) => !/\.(js|json|md)$/.test(file),
});

// The dependencies that are in the bundles, by their folders.
const bundled = new Set(['node_modules/@cedar-policy/cedar-wasm', 'node_modules/koffi']);
const note = ({ inputs }) => {
  for (const file of Object.keys(inputs)) {
    const [folder] = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
    if (folder !== undefined) bundled.add(folder);
  }
};

await Promise.all(
  Object.entries(programs).map(async ([name, { entry, flags, env, without = [], warmUp }]) => {
    const { metafile } = await build({
      absWorkingDir: path('.'),
      entryPoints: [path(`dist/nest/apps/${entry}/src/main.js`)],
      outfile: path(`dist/lib/${name}.cjs`),
      ...oneFile,
      minifyWhitespace: true,
      minifySyntax: true,
      metafile: true,
      logLevel: 'warning',
      define: { 'process.env.GIVC_VERSION': JSON.stringify(version), 'import.meta.url': '__bundle_url' },
      banner: { js: "const __bundle_url=require('node:url').pathToFileURL(__filename).href;" },
      plugins: [
        withoutOptionals(without),
        outOfBundles,
        leanCommander,
        leanProtobuf,
        leanNest({ modules: path('node_modules'), isServer: !without.includes('@nestjs/microservices') }),
      ],
      // A program that starts from compiled code can use require, but not import.
      supported: { 'dynamic-import': false },
    });
    note(metafile);
    const start = [...env, 'node', ...flags].join(' ');
    writeFileSync(path(`dist/bin/${name}`), `#!/usr/bin/env -S ${start}\nrequire('../lib/start.cjs')('${name}');\n`);
    chmodSync(path(`dist/bin/${name}`), 0o755);
    if (!warmUp) return;
    // Runs the program once, as far as it gets without a peer, to write its compiled code.
    const warm = spawnSync(process.execPath, [...flags, path(`dist/bin/${name}`), ...warmUp], {
      env: { ...process.env, GIVC_CODE_CACHE: 'write' },
    });
    if (!existsSync(path(`dist/lib/${name}.cache`))) throw new Error(`${name} left no code cache: ${warm.stderr}`);
    if (!String(warm.stderr).startsWith(`${name}: `))
      throw new Error(`${name} does not start: ${String(warm.stderr).slice(-2_000)}`);
  }),
);
compileDaemons(process.execPath, { at: path('dist/lib'), into: path('dist/lib') });
note(metrics.metafile);
writeFileSync(path('dist/bundled.json'), `${JSON.stringify([...bundled].sort(), null, 2)}\n`);
