// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Builds the npm packages that other projects use: dist/packages/NAME has libs/NAME as one module with its types,
// README and licence. The module contains our own libraries; the others are its dependencies, in the versions of
// package.json. node scripts/packages.mjs [--into FOLDER] [--without-types] [NAME...]
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { decoratorMetadata } from './decorator-metadata.mjs';

const root = new URL('..', import.meta.url);
const path = (name) => new URL(name, root).pathname;
const { version, license, engines, dependencies, devDependencies } = JSON.parse(
  readFileSync(path('package.json'), 'utf8'),
);

/** The packages, in the order in which the examples of their READMEs import each other. */
const packages = {
  client: {
    description: 'A typed client of the admin of GIVC: every rpc, deadlines, typed errors and a watch that reconnects',
  },
  testing: {
    description: 'The admin and the agents of GIVC in the process of a test, with a fake systemd and certificates',
    // Nest imports these when it makes a server, and when it makes a module for a test.
    loads: ['@nestjs/microservices', '@nestjs/core'],
    dependencies: { '@nestjs/testing': devDependencies['@nestjs/testing'] },
  },
};

const packageOf = (name) => /^(@[^/]+\/)?[^/]+/.exec(name)[0];

/** The versions of these modules; throws when one is not a dependency of this project. */
function versionsOf(modules, versions) {
  const names = [...new Set(modules.filter((name) => !isBuiltin(name)).map(packageOf))].sort();
  const unknown = names.filter((name) => !versions[name]);
  if (unknown.length > 0) throw new Error(`not in the dependencies of package.json: ${unknown.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, versions[name]]));
}

/** Writes the module, and returns the names of the modules that it imports. */
async function bundle(name, folder) {
  const { metafile } = await build({
    entryPoints: [path(`libs/${name}/src/index.ts`)],
    outfile: join(folder, 'index.js'),
    absWorkingDir: path('.'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    define: { 'process.env.GIVC_VERSION': JSON.stringify(version) },
    plugins: [decoratorMetadata],
  });
  return Object.values(metafile.outputs).flatMap(({ imports }) => imports.map((one) => one.path));
}

async function buildPackage(name, into, withTypes) {
  const folder = join(into, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { description, loads = [], dependencies: more } = packages[name];
  const modules = [...loads, ...(await bundle(name, folder))];
  if (withTypes) {
    // The compiler is loaded only where it is needed.
    const { writeTypes } = await import('./package-types.mjs');
    modules.push(...writeTypes(path(`libs/${name}`), folder));
  }
  copyFileSync(path(`libs/${name}/README.md`), join(folder, 'README.md'));
  copyFileSync(path('LICENSE'), join(folder, 'LICENSE'));
  // Only users of vsock need native code.
  const { koffi, ...needed } = versionsOf(modules, { ...dependencies, ...more });
  const manifest = {
    ...{ name: `@givc/${name}`, version, description, license },
    ...{ type: 'module', sideEffects: false, engines },
    exports: { '.': { types: './index.d.ts', default: './index.js' }, './package.json': './package.json' },
    dependencies: needed,
    ...(koffi && { optionalDependencies: { koffi } }),
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

const { values, positionals } = parseArgs({
  options: { into: { type: 'string', default: path('dist/packages') }, 'without-types': { type: 'boolean' } },
  allowPositionals: true,
});
for (const name of positionals.length > 0 ? positionals : Object.keys(packages)) {
  process.stderr.write(`Packing @givc/${name} into ${values.into} ...\n`);
  await buildPackage(name, values.into, !values['without-types']);
}
