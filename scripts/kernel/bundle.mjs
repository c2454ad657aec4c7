// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdirSync } from 'node:fs';
import { build } from 'esbuild';
import { decoratorMetadata } from '../decorator-metadata.mjs';

/** Optional packages of Nest and dbus-next, which are left out here. */
const optional = [
  'x11',
  ...['@nestjs/websockets', '@nestjs/platform-express', 'class-transformer', 'class-validator', 'ioredis', 'kafkajs'],
  ...['mqtt', 'nats', '@nats-io/transport-node', 'amqplib', 'amqp-connection-manager'],
];

/** Bundles the files of a folder whose names contain `part` and end with `end`, and their runner, into one program. */
export async function bundleSpecs(root, folder, part, end, outfile) {
  const specs = readdirSync(`${root}/${folder}`).filter((name) => name.endsWith(end) && name.includes(part));
  const contents = [
    `import { runTests } from './scripts/kernel/runtime.mjs';`,
    ...specs.map((name) => `import './${folder}/${name}';`),
    `void runTests(process.argv[2]);`,
  ];
  await build({
    stdin: { contents: contents.join('\n'), resolveDir: root, loader: 'ts' },
    absWorkingDir: root,
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    // package.json declares that our modules have no side effects, but specs have.
    ignoreAnnotations: true,
    logLevel: 'error',
    external: ['koffi', '@cedar-policy/*', ...optional, ...optional.map((name) => `${name}/*`)],
    define: { 'process.env.GIVC_VERSION': '"kernel"', 'import.meta.url': '__bundle_url' },
    banner: { js: "const __bundle_url=require('node:url').pathToFileURL(__filename).href;" },
    plugins: [decoratorMetadata],
  });
  return specs;
}
