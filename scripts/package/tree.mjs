// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The files of a package, as they are installed on a machine.
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { path, read } from './release.mjs';

/** A launcher with the variables and flags from the first line of a built program. */
function launcher(name) {
  const [first] = read(`dist/bin/${name}`).split('\n', 1);
  const words = /^#!\/usr\/bin\/env -S (.*)$/.exec(first)[1].split(' ');
  const at = words.indexOf('node');
  const line = [...words.slice(0, at), 'exec /usr/lib/givc/node', ...words.slice(at + 1)].join(' ');
  return `#!/bin/sh\n${line} /usr/lib/givc/bin/${name} "$@"\n`;
}

/** The example of docs/agent-configuration.md, which has every key. */
const agentExample = () => /^```json\n([^]*?)^```/m.exec(read('docs/agent-configuration.md'))[1];

const completions = {
  bash: 'usr/share/bash-completion/completions/givc-cli',
  zsh: 'usr/share/zsh/vendor-completions/_givc-cli',
  fish: 'usr/share/fish/vendor_completions.d/givc-cli.fish',
};

/**
 * Lays out the files in `root`; `oneFile` is givc-cli for the package, `runnable` one that runs here, and `compiled` a
 * folder with the compiled code of the daemons, if there is one.
 */
export function layOut(root, { arch, node, koffi, oneFile, runnable, compiled, pages, licences, materials }) {
  const put = (file, content, mode = 0o644) => {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), content);
    chmodSync(join(root, file), mode);
  };
  const copy = (from, to, mode) => put(to, readFileSync(from), mode);
  const compress = (file, text) => put(`${file}.gz`, gzipSync(text, { level: 9 }));
  const copyFolder = (from, to) => {
    for (const file of readdirSync(path(from), { recursive: true, withFileTypes: true }))
      if (file.isFile())
        copy(join(file.parentPath, file.name), join(to, file.parentPath.slice(path(from).length), file.name));
  };

  for (const name of ['givc-admin', 'givc-agent']) {
    put(`usr/bin/${name}`, launcher(name), 0o755);
    put(`usr/lib/givc/bin/${name}`, read(`dist/bin/${name}`).replace(/^#!.*\n/, ''));
    copy(path(`dist/lib/${name}.cjs`), `usr/lib/givc/lib/${name}.cjs`);
    if (compiled) copy(join(compiled, `${name}.cache`), `usr/lib/givc/lib/${name}.cache`);
  }
  copy(oneFile, 'usr/bin/givc-cli', 0o755);
  copy(node, 'usr/lib/givc/node', 0o755);
  put('usr/lib/givc/package.json', read('dist/package.json'));
  for (const file of [
    'start.cjs',
    'prom-client.cjs',
    'cedar/cedar_wasm.js',
    'cedar/cedar_wasm_bg.wasm',
    'koffi/koffi.cjs',
  ])
    copy(path(`dist/lib/${file}`), `usr/lib/givc/lib/${file}`);
  copy(koffi, `usr/lib/givc/lib/koffi/linux_${arch}/koffi.node`);

  for (const name of ['givc-admin', 'givc-agent'])
    copy(path(`packaging/systemd/${name}.service`), `usr/lib/systemd/system/${name}.service`);
  copy(path('packaging/systemd/user/givc-agent.service'), 'usr/lib/systemd/user/givc-agent.service');
  for (const kind of ['sysusers.d', 'tmpfiles.d'])
    copy(path(`packaging/systemd/${kind}/givc.conf`), `usr/lib/${kind}/givc.conf`);
  copyFolder('packaging/systemd/drop-ins', 'usr/share/givc/drop-ins');
  copyFolder('docs/schema', 'usr/share/givc/schema');
  copy(path('packaging/apparmor/givc-cli'), 'etc/apparmor.d/givc-cli');

  const examples = 'usr/share/doc/givc/examples';
  put(`${examples}/agent.json`, agentExample());
  copy(path('packaging/examples/admin.env'), `${examples}/admin.env`);
  copy(path('packaging/debian/README.Debian'), 'usr/share/doc/givc/README.Debian');
  put('usr/share/doc/givc/sbom.cdx.json', materials);
  compress('usr/share/doc/givc/third-party-licences', licences);
  for (const [name, text] of Object.entries(pages)) compress(`usr/share/man/man${name.at(-1)}/${name}`, text);
  for (const [shell, file] of Object.entries(completions)) put(file, execFileSync(runnable, ['completion', shell]));
}

/** All files, each folder before its files, in the order of their names. */
export const filesOf = (root) => readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
