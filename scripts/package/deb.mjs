// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// A Debian package of the files of tree.mjs, made by dpkg-deb(1).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { architectures, date, description, epoch, notes, read, version } from './release.mjs';
import { filesOf } from './tree.mjs';

const maintainer = /^Maintainer: (.*)$/m.exec(read('packaging/debian/control'))[1];

/** Wraps text to lines of at most 80 characters, indented below an item. */
const wrapped = (text) =>
  text.replace(/(.{1,74})(?: |$)/g, (_, line, at) => `${at === 0 ? '  ' : '    '}${line}\n`).trimEnd();

/** The changelog in Debian's format, from the newest section of CHANGELOG.md. */
function changelog() {
  const items = notes
    .trim()
    .split(/^- /m)
    .slice(1)
    .map((item) => wrapped(`* ${item.trim().replace(/\s+/g, ' ')}`));
  const day = date.toUTCString().replace('GMT', '+0000');
  return `givc (${version}) unstable; urgency=medium\n\n${items.join('\n')}\n\n -- ${maintainer}  ${day}\n`;
}

/** Adds Debian's own files to the tree at `root`, and builds the package `output` from it. */
export function makeDeb(root, { arch, output, settleTimes, compression }) {
  const put = (file, text, mode = 0o644) => {
    writeFileSync(join(root, file), text);
    chmodSync(join(root, file), mode);
  };
  put('usr/share/doc/givc/changelog.gz', gzipSync(changelog(), { level: 9 }));
  put('usr/share/doc/givc/copyright', read('packaging/debian/copyright'));
  mkdirSync(join(root, 'usr/share/lintian/overrides'), { recursive: true });
  put('usr/share/lintian/overrides/givc', read('packaging/debian/lintian-overrides'));

  const files = filesOf(root).filter((file) => statSync(join(root, file)).isFile());
  const contents = files.map((file) => [file, readFileSync(join(root, file))]);
  const size = contents.reduce((sum, [, content]) => sum + Math.ceil(content.length / 1024), 0);
  const sums = contents
    .filter(([file]) => !file.startsWith('etc/'))
    .map(([file, content]) => `${createHash('md5').update(content).digest('hex')}  ${file}\n`);
  mkdirSync(join(root, 'DEBIAN'));
  const fields = { VERSION: version, ARCHITECTURE: architectures[arch], SIZE: size, DESCRIPTION: description };
  put(
    'DEBIAN/control',
    read('packaging/debian/control').replace(/@([A-Z]+)@/g, (_, name) => fields[name]),
  );
  put('DEBIAN/md5sums', sums.join(''));
  put(
    'DEBIAN/conffiles',
    files
      .filter((file) => file.startsWith('etc/'))
      .map((file) => `/${file}\n`)
      .join(''),
  );
  for (const script of ['postinst', 'prerm', 'postrm'])
    put(`DEBIAN/${script}`, read(`packaging/debian/${script}`), 0o755);
  settleTimes(root);
  execFileSync('dpkg-deb', ['--root-owner-group', ...compression, '--build', root, output], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
