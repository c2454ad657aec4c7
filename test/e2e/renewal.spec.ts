// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Access } from '@givc/access';
import { Log } from '@givc/log';
import { createAuthority, writeCertificates, type Authority } from '@givc/pki';
import { TestSystem, tlsMaterial } from '@givc/testing';
import { RunningCli } from '../../apps/cli/src/running-cli.fixture.js';
import { CertificateLog } from '../support/certificate-log.js';

/** The certificate files of one machine, and the watcher with which its daemon follows them. */
class MachineFiles {
  readonly folder = mkdtempSync(join(tmpdir(), 'givc-'));
  readonly paths = ['ca-cert', 'cert', 'key'].map((name) => join(this.folder, `${name}.pem`));
  #access: Access | undefined;
  #reloaded: () => void = () => undefined;

  constructor(
    private readonly authority: Authority,
    private readonly name: string,
  ) {}

  /** Returns the serial number of the new certificate. */
  async issue(): Promise<string> {
    const issued = this.authority.issue({ name: this.name, addresses: ['127.0.0.1'] });
    await writeCertificates(this.folder, this.authority, issued);
    return new X509Certificate(issued.certificate).serialNumber;
  }

  /** Opens the files as the main function of a daemon does. */
  async open(): Promise<Access> {
    const [ca, cert, key] = this.paths as [string, string, string];
    const log = new Log('info', (line) => line.includes('the certificate reloaded') && this.#reloaded(), false);
    const files = {
      tls: { ca, cert, key },
      revocations: undefined,
      rules: undefined,
      audit: join(this.folder, 'audit'),
    };
    this.#access = await Access.open('denied', files, log);
    for (const one of this.#access.live) one.start?.();
    return this.#access;
  }

  /** Replaces the files, and resolves with the new serial number once the daemon has read them. */
  async renew(): Promise<string> {
    const reloaded = new Promise<void>((resolve) => (this.#reloaded = resolve));
    const serial = await this.issue();
    await reloaded;
    return serial;
  }

  remove(): void {
    for (const one of this.#access?.live ?? []) one.close();
    rmSync(this.folder, { recursive: true });
  }
}

describe('the certificate that is shown after a renewal and a broken connection', () => {
  let authority: Authority;
  let peer: CertificateLog;
  let system: TestSystem | undefined;
  let files: MachineFiles;

  const peerCalled = async (name: string) => {
    peer = await CertificateLog.start(tlsMaterial(authority, { name }));
  };

  beforeEach(() => {
    authority = createAuthority();
  });
  afterEach(async () => {
    await system?.close();
    system = undefined;
    peer.stop();
    files.remove();
  });

  it('is the new one when an agent connects to the admin', async () => {
    await peerCalled('admin-vm');
    files = new MachineFiles(authority, 'net-vm');
    const before = await files.issue();
    system = await TestSystem.start({ authority });
    await system.startAgent('net-vm', { access: await files.open(), adminPort: peer.port });
    expect(await peer.next()).toBe(before);
    const renewed = await files.renew();
    peer.hangUp();
    expect(await peer.next()).toBe(renewed);
  });

  it('is the new one when the admin connects to an agent', async () => {
    await peerCalled('net-vm');
    files = new MachineFiles(authority, 'admin-vm');
    const before = await files.issue();
    system = await TestSystem.start({ authority, access: await files.open() });
    await system.client('net-vm').registerService({
      ...{ Name: 'givc-net-vm.service', Parent: '', Type: 8, State: undefined },
      Transport: { Protocol: 'tcp', Address: '127.0.0.1', Port: String(peer.port), Name: 'net-vm' },
    });
    expect(await peer.next()).toBe(before);
    const renewed = await files.renew();
    peer.hangUp();
    expect(await peer.next()).toBe(renewed);
  });

  it('is the new one when an agent connects to the agent behind its socket proxy', async () => {
    await peerCalled('net-vm');
    files = new MachineFiles(authority, 'gui-vm');
    const before = await files.issue();
    system = await TestSystem.start({ authority });
    const transport = { name: 'net-vm', addr: '127.0.0.1', port: peer.port, protocol: 'tcp' };
    const socketProxy = { enable: true, sockets: [{ transport, socket: join(files.folder, 'socket') }] };
    await system.startAgent('gui-vm', { access: await files.open(), capabilities: { socketProxy } });
    expect(await peer.next()).toBe(before);
    const renewed = await files.renew();
    peer.hangUp();
    expect(await peer.next()).toBe(renewed);
  });

  describe('the certificate of a command that waits', () => {
    let command: RunningCli;

    beforeEach(async () => {
      await peerCalled('admin-vm');
      files = new MachineFiles(authority, 'cli');
    });
    afterEach(async () => {
      peer.refuse();
      expect(await command.ended).toMatchObject({ status: 1, err: expect.stringContaining('still waiting') });
    });

    const wait = () => {
      const [ca, cert, key] = files.paths as [string, string, string];
      const at = ['--addr', '127.0.0.1', '--port', String(peer.port), '--name', 'admin-vm'];
      const tls = ['--cacert', ca, '--cert', cert, '--key', key];
      command = new RunningCli([...at, ...tls, 'wait', 'web.service']);
    };

    it('is the new one when it connects to the admin again', async () => {
      const before = await files.issue();
      wait();
      expect(await peer.next()).toBe(before);
      const renewed = await files.issue();
      peer.hangUp();
      expect(await peer.next()).toBe(renewed);
    });

    it('is the old one as long as the new files do not match', async () => {
      const before = await files.issue();
      wait();
      expect(await peer.next()).toBe(before);
      writeFileSync(files.paths[2]!, authority.issue({ name: 'cli', addresses: ['127.0.0.1'] }).key);
      peer.hangUp();
      expect(await peer.next()).toBe(before);
    });
  });
});
