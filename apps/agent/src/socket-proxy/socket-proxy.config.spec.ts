// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { transport, withCapabilities } from '../../fixtures/minimal-config.fixture.js';

describe('the configuration of socket proxies', () => {
  it('leaves out entries without a peer, or whose address or socket is in use, and accepts the rest', () => {
    const served = { transport: transport('gui-vm', '9010'), server: true, socket: '/run/a.sock' };
    const made = { transport: transport('gui-vm', '9011'), socket: '/run/b.sock' };
    const { capabilities, warnings } = withCapabilities({
      socketProxy: {
        enable: true,
        sockets: [
          { transport: {}, server: true, socket: '/run/off.sock' },
          served,
          { ...served, socket: '/run/c.sock' },
          { ...served, transport: transport('gui-vm', '9000') },
          made,
          { ...made, transport: transport('gui-vm', '9012') },
          { ...served, transport: { name: 'gui-vm', protocol: 'unix', addr: '/run/x' } },
        ],
      },
    });
    expect(capabilities.socketProxy.sockets.map(({ socket }) => socket)).toEqual(['/run/a.sock', '/run/b.sock']);
    expect(warnings).toEqual(
      [
        'the entry of /run/off.sock names no peer in its transport',
        '127.0.0.1:9010 is used by an earlier entry or by the agent itself',
        '127.0.0.1:9000 is used by an earlier entry or by the agent itself',
        '/run/b.sock is used by an earlier entry or by the agent itself',
        "a server needs a port in this agent's own address (127.0.0.1:9000) and in the transport's (/run/x)",
      ].map((problem) => `capabilities.socketProxy.sockets: ${problem}; this entry is left out`),
    );
  });

  it("has the contract's default for a missing socket", () => {
    for (const socket of [undefined, null, '']) {
      const { capabilities, warnings } = withCapabilities({
        socketProxy: { enable: true, sockets: [{}, { transport: transport('gui-vm', '9010'), server: true, socket }] },
      });
      expect(capabilities.socketProxy.sockets).toEqual([expect.objectContaining({ socket: '/tmp/.dbusproxy.sock' })]);
      expect(warnings).toEqual([expect.stringContaining('names no peer in its transport')]);
    }
  });

  it('leaves out a socket whose path is too long', () => {
    const withSocket = (socket: string) =>
      withCapabilities({
        socketProxy: { enable: true, sockets: [{ transport: transport('gui-vm', '9010'), socket }] },
      });
    expect(withSocket(`/${'a'.repeat(106)}`).warnings).toEqual([]);
    expect(withSocket(`/${'a'.repeat(107)}`)).toMatchObject({
      capabilities: { socketProxy: { sockets: [] } },
      warnings: [expect.stringMatching(/sockets\[0\]\.socket: .* at most 107 bytes/)],
    });
  });
});
