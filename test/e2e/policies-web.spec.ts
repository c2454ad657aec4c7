// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, readFileSync } from 'node:fs';
import { TestSigner } from '../support/minisign.js';
import { PolicySystem, sha256 } from '../support/policy-system.js';
import { WebServer } from '../support/web-server.js';

describe('the policies of the admin that come from a web server', () => {
  let server: WebServer;
  let policies: PolicySystem;
  beforeEach(async () => {
    policies = new PolicySystem();
    server = await WebServer.start();
  });
  afterEach(async () => {
    await server.stop();
    await policies.close();
  });

  const config = (more: object = {}) => ({
    source: { type: 'per-policy' },
    policies: {
      firewall: {
        vms: ['net-vm'],
        perPolicyUpdater: { url: server.url('/firewall'), poll_interval_secs: 0.1, ...more },
      },
    },
  });
  /** Serves this content with the header, and answers 304 to a request whose conditional header has the same value. */
  const serve = (content: string, header?: string, value?: string, condition?: string) =>
    server.on('/firewall', (request, response) => {
      if (condition && request.headers[condition] === value) response.writeHead(304).end();
      else response.writeHead(200, header && value ? { [header]: value } : {}).end(content);
    });

  it.each([
    ['ETag', '"v1"', 'if-none-match'],
    ['Last-Modified', 'Tue, 24 Nov 2026 12:00:00 GMT', 'if-modified-since'],
  ])('are fetched again only when its %s has changed', async (header, value, condition) => {
    serve('one', header, value, condition);
    await policies.start(config());
    await policies.startVm('net-vm');
    await policies.installed('net-vm', 'one');
    serve('not to be fetched', header, value, condition);
    await server.asked('GET /firewall', 3);
    expect(readFileSync(policies.placeOf('net-vm'), 'utf8')).toBe('one');
    serve('two', header, value.replace('1', '2').replace('Tue', 'Wed'), condition);
    await policies.installed('net-vm', 'two');
  });

  it('are compared by their hash when the server sends neither header', async () => {
    serve('one');
    await policies.start(config());
    await policies.startVm('net-vm');
    await policies.installed('net-vm', 'one');
    await server.asked('GET /firewall', 3);
    expect(policies.system.admin.lines.filter((line) => line.includes('policy stored'))).toHaveLength(1);
    serve('two');
    await policies.installed('net-vm', 'two');
  });

  it('are checked with HEAD where the configuration has its URL', async () => {
    serve('one');
    server.on('/head', (_, response) => response.writeHead(200, { etag: '"1"' }).end());
    await policies.start(config({ head: server.url('/head') }));
    await policies.startVm('net-vm');
    await policies.installed('net-vm', 'one');
    await server.asked('HEAD /head', 3);
    expect(server.requests.filter((request) => request === 'GET /firewall')).toHaveLength(1);
  });

  it('are fetched once with an interval of 0, after a restart with the earlier ETag', async () => {
    serve('one', 'ETag', '"v1"', 'if-none-match');
    await policies.start(config({ poll_interval_secs: 0 }));
    await policies.untilListed({ wanted: sha256('one') });
    await policies.system.admin.close();
    const stored = server.requests.length;
    serve('not to be fetched', 'ETag', '"v1"', 'if-none-match');
    await policies.system.startAdmin({
      policies: { config: config({ poll_interval_secs: 0 }), store: policies.store },
    });
    await server.asked('GET /firewall', 2);
    await policies.startVm('net-vm');
    await policies.installed('net-vm', 'one');
    expect(server.requests.length - stored).toBeLessThanOrEqual(2);
  });

  it.each([
    ['answers 500', (s: WebServer) => s.on('/firewall', (_, r) => r.writeHead(500).end()), /: it answers 500$/],
    [
      'redirects in circles',
      (s: WebServer) => s.on('/firewall', (_, r) => r.writeHead(302, { location: '/firewall' }).end()),
      /too many redirects/,
    ],
    [
      'redirects to a file',
      (s: WebServer) => s.on('/firewall', (_, r) => r.writeHead(302, { location: 'file:///etc/passwd' }).end()),
      /redirects to an unsupported URL/,
    ],
    [
      'sends too much',
      (s: WebServer) =>
        s.on('/firewall', (_, r) => {
          const more = (): void => {
            while (r.write(Buffer.alloc(10_000)));
            r.once('drain', more);
          };
          more();
        }),
      /larger than 100000 bytes/,
    ],
    [
      'breaks off',
      (s: WebServer) =>
        s.on('/firewall', (_, r) => {
          r.writeHead(200, { 'content-length': '100' });
          r.write('half', () => r.destroy());
        }),
      /127\.0\.0\.1:\d+: /,
    ],
  ])('stay unchanged when it %s', async (_, fail, problem) => {
    serve('one');
    await policies.start({ ...config(), maxBytes: 100_000 });
    await policies.startVm('net-vm');
    await policies.installed('net-vm', 'one');
    fail(server);
    expect(await policies.untilListed({ source_problem: problem })).toMatchObject({ wanted: sha256('one') });
    expect(readFileSync(policies.placeOf('net-vm'), 'utf8')).toBe('one');
    serve('two');
    await policies.installed('net-vm', 'two');
  });

  it('have the signature at the URL beside them', async () => {
    const signer = new TestSigner();
    serve('one', 'ETag', '"v1"', 'if-none-match');
    await policies.start(config());
    await policies.startVm('net-vm', { policy: { publicKey: signer.publicKey } });
    await policies.untilListed({ problem: /it is not signed/ });
    expect(existsSync(policies.placeOf('net-vm'))).toBe(false);
    server.on('/firewall.minisig', (_, response) => response.end(signer.sign('one')));
    await policies.installed('net-vm', 'one');
  });
});
