// Builds dist/bin/givc-admin, givc-agent and givc-cli: types and descriptors from proto/, TypeScript by the Nest CLI
// (tsc emits the metadata of decorators, which esbuild cannot), then one bundle for each program.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url);
const path = (name) => new URL(name, root).pathname;
const run = (program, ...args) => execFileSync(program, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
const { version } = JSON.parse(readFileSync(path('package.json'), 'utf8'));

// Fewer megabytes for each VM: a small young generation, code that is compact rather than fast, one malloc arena.
const daemon = { flags: ['--max-semi-space-size=1', '--optimize-for-size'], env: ['MALLOC_ARENA_MAX=1'] };
const programs = {
  'givc-admin': { entry: 'admin', ...daemon },
  'givc-agent': { entry: 'agent', ...daemon },
  'givc-cli': { entry: 'cli', flags: [], env: [] },
};

// Nest asks for its optional companions by name and does without them; grpc-js and Nest ask for the proto parser,
// which nothing needs that has its codecs and descriptors from the build.
const absent = [
  '@grpc/proto-loader',
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

const withoutOptionals = {
  name: 'without-optionals',
  setup(bundle) {
    const pattern = new RegExp(`^(${absent.map((name) => name.replace(/[/.]/g, '\\$&')).join('|')})(/.*)?$`);
    bundle.onResolve({ filter: pattern }, ({ path: name }) => ({ path: name, namespace: 'absent' }));
    bundle.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'module.exports = {};' }));
    // Nest loads grpc-js by createRequire at run time; in a bundle it is already there.
    bundle.onLoad(
      { filter: /@nestjs\/microservices\/(server\/server-grpc|client\/client-grpc)\.js$/ },
      ({ path: file }) => ({
        contents: readFileSync(file, 'utf8').replace(/createRequire\(import\.meta\.url\)/g, 'require'),
      }),
    );
  },
};

rmSync(path('dist/nest'), { recursive: true, force: true });
mkdirSync(path('dist/bin'), { recursive: true });
mkdirSync(path('dist/lib'), { recursive: true });
writeFileSync(path('dist/package.json'), '{ "type": "commonjs" }\n');
run('node', path('scripts/generate.mjs'));
run(path('node_modules/.bin/nest'), 'build', '--all');

await Promise.all(
  Object.entries(programs).map(async ([name, { entry, flags, env }]) => {
    await build({
      entryPoints: [path(`dist/nest/apps/${entry}/src/main.js`)],
      outfile: path(`dist/lib/${name}.cjs`),
      bundle: true,
      platform: 'node',
      target: 'node20.19',
      format: 'cjs',
      minifyWhitespace: true,
      minifySyntax: true,
      legalComments: 'none',
      logLevel: 'warning',
      define: { 'process.env.GIVC_VERSION': JSON.stringify(version), 'import.meta.url': '__bundle_url' },
      banner: { js: "const __bundle_url=require('node:url').pathToFileURL(__filename).href;" },
      plugins: [withoutOptionals],
    });
    const start = [...env, 'node', ...flags].join(' ');
    writeFileSync(path(`dist/bin/${name}`), `#!/usr/bin/env -S ${start}\nrequire('../lib/${name}.cjs');\n`);
    chmodSync(path(`dist/bin/${name}`), 0o755);
  }),
);
