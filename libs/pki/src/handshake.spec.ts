// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { createAuthority } from './authority.js';
import { keyTypes, type KeyType } from './key-type.js';
import { writeCertificates } from './write-certificates.js';

const root = mkdtempSync(join(tmpdir(), 'givc-handshake-'));
afterAll(() => rmSync(root, { recursive: true }));

const folderOf = (authority: KeyType, owner: KeyType): string => join(root, authority, owner);

const material = (folder: string) => ({
  ca: readFileSync(join(folder, 'ca-cert.pem')),
  cert: readFileSync(join(folder, 'cert.pem')),
  key: readFileSync(join(folder, 'key.pem')),
  minVersion: 'TLSv1.3' as const,
});

const peerOf = (socket: TLSSocket) => ({
  authorized: socket.authorized,
  protocol: socket.getProtocol(),
  peer: socket.getPeerCertificate().subject.CN,
});
const trusted = { authorized: true, protocol: 'TLSv1.3', peer: 'net-vm' };

/** Listens with the certificate in `folder`; resolves with the verified name of the first caller. */
async function serve(folder: string): Promise<{ port: number; caller: Promise<ReturnType<typeof peerOf>> }> {
  const server = createServer({ ...material(folder), requestCert: true, rejectUnauthorized: true });
  const caller = new Promise<ReturnType<typeof peerOf>>((resolve, reject) => {
    server.once('secureConnection', (socket) => {
      resolve(peerOf(socket));
      socket.on('error', () => undefined).end('hello');
    });
    server.once('tlsClientError', reject);
  }).finally(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, caller };
}

async function call(folder: string, port: number): Promise<ReturnType<typeof peerOf>> {
  const socket = connect({ ...material(folder), host: '127.0.0.1', port, servername: 'net-vm' });
  // A server sends session tickets once it has accepted the caller's certificate (RFC 8446 4.6.1).
  await Promise.all([once(socket, 'secureConnect'), once(socket, 'session')]);
  const peer = peerOf(socket);
  socket.destroy();
  return peer;
}

/** Runs openssl as the program of another machine; resolves with its output. */
async function opensslClient(folder: string, port: number): Promise<string> {
  const args = ['-connect', `127.0.0.1:${port}`, '-CAfile', 'ca-cert.pem', '-cert', 'cert.pem', '-key', 'key.pem'];
  const strict = ['-tls1_3', '-x509_strict', '-verify_return_error', '-verify_hostname', 'net-vm', '-brief'];
  const child = spawn('openssl', ['s_client', ...args, ...strict], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  await once(child, 'close');
  return said;
}

async function opensslServer(folder: string): Promise<{ port: number; stop: () => Promise<void> }> {
  const args = ['-accept', '127.0.0.1:0', '-CAfile', 'ca-cert.pem', '-cert', 'cert.pem', '-key', 'key.pem'];
  const strict = ['-tls1_3', '-x509_strict', '-Verify', '1', '-verify_return_error'];
  const child = spawn('openssl', ['s_server', ...args, ...strict], { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] });
  const closed = once(child, 'close');
  let said = '';
  while (!/ACCEPT \S*:\d+\n/.test(said)) said += String((await once(child.stdout, 'data'))[0]);
  return {
    port: Number(/ACCEPT \S*:(\d+)\n/.exec(said)![1]),
    stop: async () => {
      child.kill();
      await closed;
    },
  };
}

describe.each(keyTypes)('an authority with a key of type %s', (type) => {
  beforeAll(async () => {
    const authority = createAuthority({ name: 'Test', keyType: type });
    for (const keyType of keyTypes)
      await writeCertificates(
        folderOf(type, keyType),
        authority,
        authority.issue({ name: 'net-vm', addresses: ['127.0.0.1', 'fd00::6'], keyType }),
      );
    // The creation of an RSA key is slow on a loaded machine.
  });

  it.each(keyTypes)('issues certificates for keys of type %s that openssl accepts in its strictest mode', (keyType) => {
    for (const purpose of ['sslserver', 'sslclient']) {
      const args = ['verify', '-x509_strict', '-purpose', purpose, '-CAfile', 'ca-cert.pem', 'cert.pem'];
      const { stdout, stderr } = spawnSync('openssl', args, { cwd: folderOf(type, keyType), encoding: 'utf8' });
      expect(stdout + stderr).toBe('cert.pem: OK\n');
    }
  });

  it.each(keyTypes)('issues certificates for mutual TLS 1.3 of Node with a key of type %s', async (keyType) => {
    const { port, caller } = await serve(folderOf(type, 'p256'));
    expect(await call(folderOf(type, keyType), port)).toEqual(trusted);
    expect(await caller).toEqual(trusted);
    const other = await serve(folderOf(type, keyType));
    expect(await call(folderOf(type, 'p256'), other.port)).toEqual(trusted);
    expect(await other.caller).toEqual(trusted);
  });

  it.each(keyTypes)('issues certificates for mutual TLS with openssl with a key of type %s', async (keyType) => {
    const folder = folderOf(type, keyType);
    const { port, caller } = await serve(folder);
    const [said, peer] = await Promise.all([opensslClient(folder, port), caller]);
    expect(said).toContain('Verification: OK');
    expect(peer).toEqual(trusted);
    const server = await opensslServer(folder);
    try {
      expect(await call(folder, server.port)).toEqual(trusted);
    } finally {
      await server.stop();
    }
  });
});
