// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ctap } from '@givc/rpc';
import { TestSystem } from '@givc/testing';
import { cli } from '../support/cli.js';

const enabled = { capabilities: { ctap: { enable: true } } };
const request = (more: Partial<ctap.CtapRequest> = {}): ctap.CtapRequest => ({
  Req: 'ctap.GetInfo',
  Args: [],
  Payload: Buffer.alloc(0),
  ...more,
});

describe('a security key', () => {
  const path = process.env['PATH'];
  let folder: string;
  let system: TestSystem;

  /** Stands in for a program of qubes-ctap. */
  const program = (name: string, body: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  /** Resolves when a program has written this file. */
  const written = (name: string) =>
    new Promise<string>((resolve) => {
      const look = () => {
        if (!existsSync(join(folder, name))) return;
        watcher.close();
        resolve(readFileSync(join(folder, name), 'utf8').trim());
      };
      const watcher = watch(folder, look);
      look();
    });
  const start = async (name: string, options: object = enabled) => {
    const agent = await system.startAgent(name, options);
    await system.untilRegistered(name);
    return agent;
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-ctap-'));
    process.env['PATH'] = `${folder}:${path}`;
    system = await TestSystem.start({ tls: false });
  });
  afterEach(async () => {
    await system.close();
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });

  it('receives and returns all bytes, and gets its arguments unchanged', async () => {
    program('qctap-make-credential', 'printf "%s|" "$@"; cat');
    await start('gui-vm');
    const Payload = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const asked = request({ Req: 'u2f.Register', Args: ['--no', '$(id)', ''], Payload });
    const { Output } = await system.client().ctap(asked);
    expect(Buffer.from(Output)).toEqual(Buffer.concat([Buffer.from('--no|$(id)||'), Payload]));
  });

  it('answers with its error output when it fails', async () => {
    program('qctap-get-assertion', 'printf "\\066no"; exit 7');
    const agent = await start('gui-vm');
    const { Output } = await system.client().ctap(request({ Req: 'u2f.Authenticate', Args: ['hush'] }));
    expect(Buffer.from(Output)).toEqual(Buffer.from('6no'));
    expect(agent.lines).toContainEqual('warn: security key failed request=u2f.Authenticate status=7');
    expect(agent.lines.join('\n')).not.toContain('hush');
  });

  it('serves one request at a time', async () => {
    // Two programs that ran at once would see each other's lock.
    program('qctap-get-info', `mkdir ${'"$0.lock"'} || { echo mixed; exit; }; cat; rmdir "$0.lock"`);
    await start('gui-vm');
    const client = system.client();
    const asked = Array.from({ length: 6 }, (_, index) => `payload ${index}`);
    const answers = await Promise.all(asked.map((text) => client.ctap(request({ Payload: Buffer.from(text) }))));
    expect(answers.map(({ Output }) => Buffer.from(Output).toString())).toEqual(asked);
  });

  it('is available again when a caller hangs up', async () => {
    program('qctap-get-info', 'echo $$ > "$0.new" && mv "$0.new" "$0.pid"; exec sleep 60');
    program('qctap-client-pin', 'echo free');
    await start('gui-vm');
    const client = system.client();
    const leaving = new AbortController();
    const left = client.ctap(request(), { signal: leaving.signal });
    const refused = expect(left).rejects.toMatchObject({ reason: 'CANCELLED' });
    const pid = Number(await written('qctap-get-info.pid'));
    leaving.abort();
    await refused;
    const { Output } = await client.ctap(request({ Req: 'ctap.ClientPin' }));
    expect(Buffer.from(Output).toString()).toBe('free\n');
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('is not requested from another machine without gui-vm', async () => {
    program('qctap-client-pin', 'touch "$0.asked"');
    await start('evil-vm');
    const asked = request({ Req: 'ctap.ClientPin', Args: ['hush'], Payload: Buffer.from('hush') });
    await expect(system.client().ctap(asked)).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringContaining('GIVC_CTAP_VM'),
    });
    expect(existsSync(join(folder, 'qctap-client-pin.asked'))).toBe(false);
  });

  it('causes an error with the key of the configuration when no machine serves it', async () => {
    const missing = { reason: 'FAILED_PRECONDITION', message: expect.stringContaining('capabilities.ctap.enable') };
    await expect(system.client().ctap(request())).rejects.toMatchObject(missing);
    await start('net-vm', {});
    await expect(system.client().ctap(request())).rejects.toMatchObject(missing);
    await start('gui-vm', {});
    await expect(system.client().ctap(request())).rejects.toMatchObject({
      ...missing,
      message: expect.stringMatching(/gui-vm.*capabilities\.ctap\.enable/),
    });
  });

  it('causes an error with the name of its program when that is missing', async () => {
    process.env['PATH'] = folder;
    await start('gui-vm');
    await expect(system.client().ctap(request({ Args: ['hush'] }))).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/^gui-vm: qctap-get-info: this machine has no such program/),
    });
  });

  it('rejects a request that it does not know', async () => {
    await start('gui-vm');
    await expect(system.client().ctap(request({ Req: 'ctap.Reset' }))).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringContaining('Req: invalid request "ctap.Reset"'),
    });
  });

  it('is used by the command line, with its arguments after a plus', async () => {
    program('qctap-make-credential', 'printf "%s|" "$@"; cat');
    await start('gui-vm');
    const input = jest.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([Buffer.from('payload')]) as never);
    expect(await cli(system, 'ctap', 'u2f.Register+a b+')).toEqual({ status: 0, out: 'a b||payload', err: '' });
    input.mockRestore();
  });

  it('is recorded by the name of the request alone', async () => {
    program('qctap-client-pin', 'cat');
    const agent = await start('gui-vm');
    await system.client().ctap(request({ Req: 'ctap.ClientPin', Args: ['hush'], Payload: Buffer.from('hush') }));
    for (const { record } of [system.admin, agent]) {
      const lines = record.lines.filter(({ rpc }) => rpc?.endsWith('/Ctap'));
      expect(lines).toMatchObject([{ answer: 'OK', request: { Req: 'ctap.ClientPin' } }]);
      expect(JSON.stringify(lines)).not.toContain('hush');
    }
  });
});
