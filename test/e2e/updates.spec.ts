// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GivcError } from '@givc/model';
import type { admin, exec } from '@givc/rpc';
import { TestSystem, type TestAgent } from '@givc/testing';
import { otaUpdateCommands, writeOtaUpdate } from '../support/ota-update.js';
import { RunningCommand } from '../support/running-command.js';

const cachix = (Pin: string, more: Partial<admin.Cachix> = {}): admin.SetGenerationRequest => ({
  Update: { $case: 'Cachix', value: { Pin, Cache: 'ghaf-dev', ...more } },
});

describe('updates', () => {
  let system: TestSystem;
  let host: TestAgent;
  let folder: string;
  let command: string;

  const startHost = async (exec: object | undefined) => {
    host = await system.startAgent('ghaf-host', { type: 0, capabilities: { exec } });
    await system.untilRegistered('ghaf-host');
  };
  const startCapableHost = () => startHost({ enable: true, commands: otaUpdateCommands(command) });
  const set = (request: admin.SetGenerationRequest) => system.client('gui-vm').setGeneration(request);
  const update = async (request: admin.SetGenerationRequest) => {
    const messages: admin.SetGenerationResponse[] = [];
    for await (const message of set(request)) messages.push(message);
    return messages;
  };
  const given = () => readFileSync(join(folder, 'arguments'), 'utf8').trimEnd().split('\n');

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-updates-'));
    command = writeOtaUpdate(folder);
    system = await TestSystem.start({ hostName: 'ghaf-host' });
  });
  afterEach(async () => {
    await system.close();
    rmSync(folder, { recursive: true });
  });

  it('are listed by the output of the program on the host', async () => {
    await startCapableHost();
    expect((await system.client().listGenerations()).List).toEqual([
      {
        Generation: 2,
        Date: '2025-06-12',
        NixosVersion: '25.05.20250612.fd48718',
        KernelVersion: '6.12.30',
        ConfigurationRevision: '0a1b2c3',
        Specialisations: ['debug', 'demo'],
        Current: true,
        StorePath: '/nix/store/2222-nixos-system-ghaf-host',
      },
      expect.objectContaining({ Generation: 1, Date: '', ConfigurationRevision: 'unknown', Specialisations: [] }),
    ]);
  });

  it('need no list of commands on the host, which then permits only the admin to run them', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = `${dirname(command)}:${path}`;
    try {
      await startHost({ enable: true });
      expect((await system.client().listGenerations()).List).toHaveLength(2);
      await update(cachix('pin', { Token: 'secret' }));
      expect(given()).toEqual(['cachix', 'pin', '--cache', 'ghaf-dev', '--token', 'secret']);
      const run = (as: string, start: Partial<exec.StartCommand>) =>
        new RunningCommand(system.channel(host, as), start).ended;
      const denied = { reason: 'PERMISSION_DENIED' };
      await expect(run('gui-vm', { Command: 'ota-update', Arguments: ['get'] })).rejects.toMatchObject(denied);
      await expect(run('admin-vm', { Command: '/bin/sh', Arguments: ['-c', 'id'] })).rejects.toMatchObject(denied);
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('stream their output as it comes, and their end last', async () => {
    await startCapableHost();
    const messages = await update(cachix('pin', { Token: 'secret', CachixHost: 'https://cachix.org' }));
    const all = (field: 'Output' | 'Error') => messages.map((message) => message[field] ?? '').join('');
    expect(all('Output')).toBe('resolving pin\nactivating\n');
    expect(all('Error')).toBe('warning: no signature\n');
    expect(messages.at(-1)).toEqual({ Finished: true });
    expect(messages.filter(({ Finished }) => Finished)).toHaveLength(1);
    expect(given()).toEqual([
      'cachix',
      'pin',
      '--cache',
      'ghaf-dev',
      '--token',
      'secret',
      '--cachix-host',
      'https://cachix.org',
    ]);
    expect(
      JSON.stringify([system.admin.lines, system.admin.record.lines, host.lines, host.record.lines]),
    ).not.toContain('secret');
    expect(system.admin.record.lines).toContainEqual(
      expect.objectContaining({
        answer: 'OK',
        request: { Pin: 'pin', Cache: 'ghaf-dev', CachixHost: 'https://cachix.org' },
      }),
    );
  });

  it('are an error after all of their output when they fail', async () => {
    await startCapableHost();
    const messages: admin.SetGenerationResponse[] = [];
    const failing = async () => {
      for await (const message of set(cachix('broken', { Token: 'secret' }))) messages.push(message);
    };
    await expect(failing()).rejects.toMatchObject({
      reason: 'INTERNAL',
      message: 'ota-update on ghaf-host ended with status 3',
    });
    expect(messages.map(({ Error }) => Error ?? '').join('')).toContain('error: no such pin\n');
    expect(messages.some(({ Finished }) => Finished)).toBe(false);
  });

  it('run one at a time, and continue when their caller hangs up', async () => {
    await startCapableHost();
    execFileSync('mkfifo', [join(folder, 'go')]);
    const first = set(cachix('slow'));
    expect(await first.next()).toMatchObject({ value: { Output: 'resolving slow\n' } });
    await first.return();
    await system.admin.record.next('CANCELLED');
    await expect(update(cachix('other'))).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/^an update is running: to "slow", since .*, for gui-vm; wait/),
    });
    const done = new Promise<void>((resolve) => {
      const watcher = watch(folder, (_, name) => {
        if (name !== 'done') return;
        watcher.close();
        resolve();
      });
    });
    writeFileSync(join(folder, 'go'), '\n');
    await done;
    const next = async (): Promise<admin.SetGenerationResponse[]> => {
      try {
        return await update(cachix('pin'));
      } catch (error) {
        if (!(error instanceof GivcError && error.reason === 'FAILED_PRECONDITION')) throw error;
        return next();
      }
    };
    expect(await next()).toContainEqual({ Finished: true });
    expect(system.admin.lines.join('\n')).toMatch(/update has ended.*slow/);
  });

  it.each([
    ['are not offered', undefined, 'ghaf-host', 'capabilities.exec.enable'],
    [
      'are not allowed',
      { enable: true, commands: [{ command: '/bin/true' }] },
      'ghaf-host',
      'capabilities.exec.commands',
    ],
    ['have no program on the PATH', { enable: true }, 'ghaf-host', 'ota-update is not on the PATH of this agent'],
    ['have no program', { enable: true, commands: otaUpdateCommands('/no/ota-update') }, 'ghaf-host', '/no/ota-update'],
  ])('are FAILED_PRECONDITION, with the host and what is missing there, when they %s', async (_, exec, ...words) => {
    await startHost(exec);
    for (const asking of [system.client().listGenerations(), update(cachix('pin', { Token: 'secret' }))]) {
      const error: unknown = await asking.then(
        () => undefined,
        (failure: unknown) => failure,
      );
      expect(error).toMatchObject({ reason: 'FAILED_PRECONDITION' });
      for (const part of words) expect((error as Error).message).toContain(part);
      expect((error as Error).message).not.toContain('secret');
    }
  });

  it('have an error with the reason when they cannot be listed', async () => {
    await startCapableHost();
    writeFileSync(command, '#!/bin/sh\necho "no profiles" >&2; exit 1\n');
    await expect(system.client().listGenerations()).rejects.toMatchObject({
      message: 'ota-update on ghaf-host ended with status 1: "no profiles"',
    });
    writeFileSync(command, '#!/bin/sh\nexec head -c 5000000 /dev/zero\n');
    await expect(system.client().listGenerations()).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
    writeFileSync(command, '#!/bin/sh\necho sorry\n');
    await expect(system.client().listGenerations()).rejects.toMatchObject({ reason: 'INTERNAL' });
  });

  it('need a host', async () => {
    await expect(system.client().listGenerations()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
  });
});
