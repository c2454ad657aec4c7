// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminClient } from '@givc/client';
import { parseEndpoint } from '@givc/model';
import { readTlsMaterial, type TlsMaterial } from '@givc/rpc';
import { type Lab } from './lab.js';
import { inTime } from './limits.js';
import { certificateFiles, keepFiles, putFiles, renewFiles, type CertificateFile } from './machine-files.js';
import {
  addresses,
  adminPort,
  authorityFolder,
  checkout,
  cliProgram,
  echoSocket,
  labBus,
  machineNames,
  outsideAddress,
  programs,
} from './plan.js';
import { recordedLines } from './record.js';
import { output, run } from './run.js';
import { sharedLab } from './shared-lab.js';

const owners = [...machineNames, 'operator'] as const;
const agents = machineNames.filter((name) => name !== 'admin-vm');
/** A unit of each agent, whose state the admin must request from that agent. */
const units = { host: 'backup.service', 'net-vm': 'web.service', 'gui-vm': 'web.service' };

const materialOf = (folder: string): TlsMaterial =>
  readTlsMaterial({ ca: join(folder, 'ca-cert.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') });
const adminEndpoint = parseEndpoint('admin-vm', {
  ...{ Protocol: 'tcp', Address: addresses['admin-vm'], Port: String(adminPort), Name: 'admin-vm' },
});

/** Makes calls without a pause, over one connection, until it is stopped. */
class Calls {
  readonly #admin: AdminClient;
  readonly #done: Promise<void>;
  #isOn = true;
  #count = 0;

  constructor(tls: TlsMaterial) {
    this.#admin = new AdminClient(adminEndpoint, tls);
    this.#done = this.#run();
    this.#done.catch(() => undefined);
  }

  async #run(): Promise<void> {
    for (; this.#isOn; this.#count++) {
      await this.#admin.queryList();
      for (const [VmName, UnitName] of Object.entries(units)) await this.#admin.getUnitStatus({ VmName, UnitName });
    }
  }

  /** Resolves with the number of calls; rejects with the first failure. */
  async stop(): Promise<number> {
    this.#isOn = false;
    await this.#done.finally(() => this.#admin.close());
    return this.#count;
  }
}

describe('the authority of the running system', () => {
  let lab: Lab;
  let folder: string;
  const before = (owner: string) => join(folder, 'before', owner);
  const issued = (owner: string) => join(folder, 'certs', owner);
  const certs = (...args: string[]) => output([cliProgram, 'certs', ...args]);
  const issueAll = (...flags: string[]) =>
    certs('issue-all', `${folder}/machines.json`, '--authority', `${folder}/ca`, '--out', `${folder}/certs`, ...flags);
  const putEverywhere = async (names: readonly CertificateFile[], from: (owner: string) => string): Promise<void> => {
    putFiles('operator', names, from('operator'));
    // The admin comes last, because it ends the connections of all others.
    for (const group of [agents, ['admin-vm'] as const])
      await Promise.all(group.map((name) => renewFiles(lab.machine(name), names, from(name))));
  };

  /** One call over each connection between agents, and one call of an operator over a new connection. */
  const exercise = async (): Promise<void> => {
    const path = `/proc/${lab.machine('gui-vm').leader()}/root${echoSocket.proxied}`;
    const socket = connect({ path });
    socket.write('hello');
    const [echo] = (await inTime('the echo', once(socket, 'data'))) as [Buffer];
    socket.destroy();
    expect(String(echo)).toBe('hello');
    const bus = ['busctl', `--address=unix:path=${labBus.proxied}`, 'list'];
    expect(await lab.machine('gui-vm').run(bus)).toMatchObject({ status: 0 });
    expect(await lab.cli(['query'])).toMatchObject({ status: 0, stderr: '' });
  };

  beforeAll(async () => {
    lab = await sharedLab();
    folder = mkdtempSync(join(tmpdir(), 'givc-authority-'));
    const machines = owners.map((name) => ({
      name,
      addresses: [name === 'operator' ? outsideAddress : addresses[name]],
    }));
    writeFileSync(join(folder, 'machines.json'), JSON.stringify({ machines }));
    for (const owner of owners) for (const place of [before(owner), issued(owner)]) keepFiles(owner, place);
  });
  afterAll(async () => {
    await putEverywhere(['ca-cert.pem'], () => join(folder, 'both'));
    for (const name of machineNames) await renewFiles(lab.machine(name), ['key.pem', 'cert.pem'], before(name));
    putFiles('operator', certificateFiles, before('operator'));
    await putEverywhere(['ca-cert.pem'], before);
    rmSync(folder, { recursive: true });
    await lab.registered(agents);
    await exercise();
  });

  it('is replaced during a watch and calls, without a failed call or a lost agent', async () => {
    const first = lab.watch();
    await first.until('the registry', () => first.rows.length > 0);
    const oldCalls = new Calls(materialOf(before('operator')));

    await certs('authority', `${folder}/ca`, '--replaces', authorityFolder);
    keepFiles('operator', join(folder, 'both'));
    writeFileSync(join(folder, 'both/ca-cert.pem'), readFileSync(join(folder, 'ca/ca-cert.pem')));
    await issueAll('--ca-only');
    await putEverywhere(['ca-cert.pem'], issued);
    await exercise();

    await issueAll();
    for (const name of machineNames) {
      await renewFiles(lab.machine(name), ['key.pem', 'cert.pem'], issued(name));
      await exercise();
    }
    putFiles('operator', ['key.pem', 'cert.pem'], issued('operator'));
    const newCalls = new Calls(materialOf(issued('operator')));
    const second = lab.watch();
    await second.until('the registry', () => second.rows.length > 0);
    expect(await oldCalls.stop()).toBeGreaterThan(0);
    expect(first.events).toEqual([]);

    await certs('authority', `${folder}/ca`, '--alone');
    await issueAll('--ca-only');
    await putEverywhere(['ca-cert.pem'], issued);
    // The call began with an old certificate.
    await expect(first.until('its end', () => false)).rejects.toThrow(/givc-cli watch ended with status 1/);
    await exercise();
    expect(await newCalls.stop()).toBeGreaterThan(0);
    expect(second.events).toEqual([]);
    await second.stop();
    for (const name of machineNames) expect(await certs('verify', issued(name))).toContain('the only authority');
  });

  it('rejects an old certificate once it is replaced', async () => {
    for (const name of ['key.pem', 'cert.pem'])
      writeFileSync(join(issued('operator'), name), readFileSync(join(before('operator'), name)));
    const environment = {
      ...lab.cliEnvironment(),
      GIVC_HOST_CERT: join(issued('operator'), 'cert.pem'),
      GIVC_HOST_KEY: join(issued('operator'), 'key.pem'),
    };
    const refused = await run([cliProgram, 'query'], { environment });
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    const record = await recordedLines(lab.machine('admin-vm'));
    expect(record).toContainEqual(expect.stringMatching(/"answer":"TLS","reason":"its certificate is rejected: /));
  });
});

describe('docs/certificates.md', () => {
  const text = readFileSync(join(checkout, 'docs/certificates.md'), 'utf8');
  const blocks = [...text.matchAll(/^( *)```sh\n([^]*?)^ *```/gm)].map(([, indent, block]) =>
    block!.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );

  it('has commands that work in their order', async () => {
    expect(blocks.length).toBeGreaterThan(6);
    const folder = mkdtempSync(join(tmpdir(), 'givc-docs-'));
    try {
      const script = `set -e; cd ${folder}; export PATH=${programs}/bin:$PATH\n${blocks.join('\n')}`;
      const { status, stdout, stderr } = await run(['bash', '-c', script]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toContain('net-vm: kept, and trusts 2 authorities, certs/net-vm');
      expect(stdout).toContain('gui-vm: renewed (came from the authority that this one replaces)');
      expect(stdout).toContain('certs/net-vm is right');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
