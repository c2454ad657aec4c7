// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Writes the settings of packaging/hardening.json into the units and drop-ins of packaging/systemd/ and into
// docs/hardening.md. With --check, it only names the files that are not current, and exits with status 1. The Nix
// modules read the JSON file themselves.
import { readdirSync, readFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format } from 'prettier';

const root = new URL('..', import.meta.url).pathname;
const read = (path) => readFileSync(join(root, path), 'utf8');
const { loosened, omitted, ...kinds } = JSON.parse(read('packaging/hardening.json'));

const units = {
  admin: { name: 'givc-admin.service', file: 'packaging/systemd/givc-admin.service' },
  agent: { name: 'givc-agent.service', file: 'packaging/systemd/givc-agent.service' },
  session: { name: 'givc-agent.service, of a session', file: 'packaging/systemd/user/givc-agent.service' },
};
const dropIns = 'packaging/systemd/drop-ins';
const page = 'docs/hardening.md';

const value = (one) => (typeof one === 'boolean' ? (one ? 'yes' : 'no') : one);
const lines = (name, values) => [values].flat().map((one) => `${name}=${value(one)}`);

/** The value that systemd uses without the setting (systemd.exec(5)); an empty value empties a list. */
const unset = { CapabilityBoundingSet: '~', ProtectHome: 'no', ProtectSystem: 'no' };
const unsetValue = (name, before) =>
  unset[name] ??
  (typeof before === 'boolean' ? 'no' : Array.isArray(before) || name.startsWith('SystemCall') ? '' : undefined);

/** The lines that replace the setting `name` of a unit of `kind`. */
function replacing(kind, name, setting) {
  if (setting === null) {
    const none = unsetValue(name, kinds[kind][name]);
    if (none === undefined) throw new Error(`hardening.json: what ${name} is without a value is not known here`);
    return [`${name}=${none}`];
  }
  const isList = Array.isArray(setting) && setting[0] !== '';
  return [...(isList ? [`${name}=`] : []), ...lines(name, setting)];
}

/** Converts a `lowerCamelCase` name of the file to `a-name-of-a-file`. */
const fileName = (reason) => reason.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function dropIn(kind, { why, settings }) {
  return [
    '# SPDX-FileCopyrightText: 2026 The GIVC authors',
    '# SPDX-License-Identifier: Apache-2.0',
    '',
    `# Less confinement: ${why}.`,
    '# Made by packaging/hardening.mjs from packaging/hardening.json.',
    '[Service]',
    ...Object.entries(settings).flatMap(([name, setting]) => replacing(kind, name, setting)),
    '',
  ].join('\n');
}

/** The text between two lines, of which the first begins with `start`. */
function between(path, start, end, text) {
  const before = read(path);
  const pattern = new RegExp(`^(${start}.*\\n)[^]*?^(?=${end})`, 'm');
  if (!pattern.test(before)) throw new Error(`${path}: no lines "${start}" and "${end}"`);
  return before.replace(pattern, (_, first) => first + text);
}

const cell = (values) =>
  values === undefined
    ? ''
    : [values]
        .flat()
        .map((one) => `\`${value(one) === '' ? ' ' : value(one)}\``)
        .join(', ')
        .replace('` `', 'none');
const table = (...rows) => rows.map((row) => `| ${row.join(' | ')} |\n`).join('');
const head = (...names) => [names, names.map(() => '---')];

function documentation() {
  const names = Object.keys(units);
  const settings = [...new Set(names.flatMap((kind) => Object.keys(kinds[kind])))].sort();
  const left = names.flatMap((kind) => Object.entries(omitted[kind]).map(([name, why]) => ({ kind, name, why })));
  const leftNames = [...new Set(left.map(({ name, why }) => `${name}\n${why}`))].sort();
  const files = Object.entries(loosened).flatMap(([reason, { units: of, why, settings: changed }]) =>
    of.map((kind) => [
      `\`${units[kind].name}.d/${fileName(reason)}.conf\``,
      why,
      Object.keys(changed)
        .map((name) => `\`${name}\``)
        .join(', '),
    ]),
  );
  return {
    settings: table(
      ...head('setting', 'admin', 'agent', 'agent of a session'),
      ...settings.map((name) => [`\`${name}=\``, ...names.map((kind) => cell(kinds[kind][name]))]),
    ),
    omitted: table(
      ...head('not set', 'in', 'why'),
      ...leftNames.map((both) => {
        const [name, why] = both.split('\n');
        const of = left.filter((one) => one.name === name && one.why === why).map(({ kind }) => kind);
        return [`\`${name}=\``, of.join(', '), why];
      }),
    ),
    'drop-ins': table(...head('drop-in', 'why', 'settings'), ...files.sort()),
  };
}

async function made() {
  const files = new Map();
  for (const [kind, { file }] of Object.entries(units))
    files.set(
      file,
      between(
        file,
        '# Confinement: ',
        '# End of the confinement\\.',
        Object.entries(kinds[kind])
          .flatMap(([name, setting]) => lines(name, setting))
          .map((line) => `${line}\n`)
          .join(''),
      ),
    );
  for (const [reason, one] of Object.entries(loosened))
    for (const kind of one.units)
      files.set(`${dropIns}/${units[kind].name}.d/${fileName(reason)}.conf`, dropIn(kind, one));
  let text = read(page);
  for (const [name, content] of Object.entries(documentation())) {
    const pattern = new RegExp(`(<!-- ${name}: made by packaging/hardening\\.mjs -->\\n)[^]*?(<!-- end -->)`);
    if (!pattern.test(text)) throw new Error(`${page}: no place for "${name}"`);
    text = text.replace(pattern, (_, first, last) => `${first}\n${content}\n${last}`);
  }
  files.set(page, await format(text, { parser: 'markdown', printWidth: 120, proseWrap: 'preserve' }));
  return files;
}

const files = await made();
const present = readdirSync(join(root, dropIns), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length));
const stale = present.filter((path) => !files.has(path));
const contentOf = (path) => {
  try {
    return read(path);
  } catch {
    return undefined;
  }
};
const changed = [...files].filter(([path, text]) => contentOf(path) !== text).map(([path]) => path);

if (process.argv.includes('--check')) {
  for (const path of [...changed, ...stale])
    process.stderr.write(`${path} is not current: run node packaging/hardening.mjs\n`);
  process.exitCode = changed.length + stale.length === 0 ? 0 : 1;
} else {
  for (const path of stale) rmSync(join(root, path));
  for (const path of changed) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files.get(path));
  }
}
