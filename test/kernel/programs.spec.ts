// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, writeCertificates, type Authority } from '@givc/pki';
import { TestBus } from '../support/test-bus.js';
import { Program } from './program.js';

const adminPort = 9_001;
const [netPort, guiPort, tcpPort, proxyPort] = [9_100, 9_200, 9_300, 9_400];
const vsockTransport = (name: string, port: number) => ({ name, addr: '1', port: `${port}`, protocol: 'vsock' });

/** The built programs run on one machine, whose own CID is 1. */
describe('the programs over vsock', () => {
  let folder: string;
  let authority: Authority;
  let bus: TestBus;
  let admin: Program;
  let net: Program;
  let gui: Program | undefined;
  let service: Server;

  const path = (name: string) => join(folder, name);
  async function certificates(name: string): Promise<string> {
    mkdirSync(path(name), { recursive: true });
    await writeCertificates(path(name), authority, authority.issue({ name, addresses: ['127.0.0.1'], days: 1 }));
    return path(name);
  }
  const cliAt = (address: string, ...args: string[]) => {
    const files = path('cli');
    return new Program('givc-cli', [
      ...['--vsock', address, '--name', 'admin-vm', '--cacert', `${files}/ca-cert.pem`],
      ...['--cert', `${files}/cert.pem`, '--key', `${files}/key.pem`, ...args],
    ]);
  };
  const cli = (...args: string[]) => cliAt(`1:${adminPort}`, ...args);
  async function startAgent(name: string, own: object, adminTransport: object, sockets: object[] = []) {
    const files = await certificates(name);
    const config = {
      identity: { type: 8, subType: 9, name, parent: `microvm@${name}.service` },
      network: {
        admin: { transport: adminTransport },
        agent: { transport: own },
        tls: {
          ...{ enable: true, caCertPath: `${files}/ca-cert.pem` },
          ...{ certPath: `${files}/cert.pem`, keyPath: `${files}/key.pem` },
        },
      },
      capabilities: sockets.length > 0 ? { socketProxy: { enable: true, sockets } } : {},
    };
    writeFileSync(`${files}/agent.json`, JSON.stringify(config));
    return new Program('givc-agent', ['-config', `${files}/agent.json`], {
      ...{ DBUS_SYSTEM_BUS_ADDRESS: bus.address, DBUS_SESSION_BUS_ADDRESS: bus.address },
      GIVC_AUDIT: `${files}/audit`,
    });
  }
  const registered = (name: string) => cli('test', 'ensure', `givc-${name}.service`, '--retry', '60').success();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-kernel-'));
    authority = createAuthority({ name: 'Test', days: 2 });
    bus = new TestBus();
    await bus.start();
    service = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(path('service'));
    await certificates('cli');
    const files = await certificates('admin-vm');
    mkdirSync(`${files}/state`);
    admin = new Program(
      'givc-admin',
      ['--listen', `127.0.0.1:${adminPort}`, '--listen', path('admin.sock'), '--listen', `vsock:any:${adminPort}`],
      {
        ...{ NAME: 'admin-vm', TLS: 'true', CA_CERT: `${files}/ca-cert.pem`, HOST_CERT: `${files}/cert.pem` },
        ...{ HOST_KEY: `${files}/key.pem`, GIVC_AUDIT: `${files}/audit`, STATE_DIRECTORY: `${files}/state` },
      },
    );
    net = await startAgent('net-vm', vsockTransport('net-vm', netPort), vsockTransport('admin-vm', adminPort), [
      { transport: vsockTransport('gui-vm', proxyPort), server: true, socket: path('service') },
    ]);
  });
  afterAll(async () => {
    for (const program of [admin, net, gui]) await program?.stop();
    service.close();
    await bus.stop();
    bus.remove();
    rmSync(folder, { recursive: true });
  });

  it('listen at TCP, a unix socket and vsock at once', async () => {
    expect(await admin.line(' listening ')).toContain(
      `addresses=127.0.0.1:${adminPort},${path('admin.sock')},vsock:any:${adminPort}`,
    );
  });

  it('register, and are called through the admin', async () => {
    await registered('net-vm');
    expect(await cli('get-stats', 'net-vm').success()).toMatch(/memory/i);
  });

  it('carry a stream: a watcher is sent the agent that registers while it watches', async () => {
    const watch = cli('watch', '--as-json', '--initial', '--limit', '1');
    await watch.line('givc-net-vm.service');
    gui = await startAgent('gui-vm', vsockTransport('gui-vm', guiPort), vsockTransport('admin-vm', adminPort), [
      { transport: vsockTransport('net-vm', proxyPort), socket: path('proxy') },
    ]);
    expect(await watch.success()).toContain('{"UnitRegistered":');
  });

  it('record the CID of a caller', async () => {
    await cli('pause', 'nothing').failure();
    expect(readFileSync(path('admin-vm/audit'), 'utf8')).toContain('"address":"vsock:1"');
  });

  it('carry a socket from one agent to another, each direction to its end', async () => {
    await gui!.line('socket proxy listens');
    await net.line('socket proxy serves');
    const sent = randomBytes(512 * 1024);
    const socket = connect({ path: path('proxy'), allowHalfOpen: true });
    socket.end(sent);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'end');
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
    socket.destroy();
  });

  it('have koffi in their memory where their configuration names vsock, and only there', async () => {
    const tcp = await startAgent(
      'tcp-vm',
      { name: 'tcp-vm', addr: '127.0.0.1', port: `${tcpPort}`, protocol: 'tcp' },
      { name: 'admin-vm', addr: '127.0.0.1', port: `${adminPort}`, protocol: 'tcp' },
    );
    try {
      await registered('tcp-vm');
      expect([admin.hasKoffi, net.hasKoffi, tcp.hasKoffi]).toEqual([true, true, false]);
    } finally {
      await tcp.stop();
    }
  });

  it('name the mistake in an address of vsock', async () => {
    const at = (address: string) => cliAt(address, 'query').failure();
    expect(await at('1:5')).toContain('cannot reach the admin at vsock:1:5: connection refused; is givc-admin running');
    expect(await at(`77:${adminPort}`)).toContain('no machine has the CID 77, or this kernel has no way to it');
  });
});
