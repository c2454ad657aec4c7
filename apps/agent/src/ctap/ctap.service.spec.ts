import childProcess from 'node:child_process';
import { Log } from '@givc/log';
import type { KeyRequest } from './ctap-request.js';
import { CtapService } from './ctap.service.js';

type Execute = (
  command: string,
  args: readonly string[],
  options: unknown,
  done: (error: Error | null, stdout: Buffer, stderr: Buffer) => void,
) => unknown;

describe('a security key', () => {
  const request: KeyRequest = {
    name: 'ctap.GetInfo',
    program: 'qctap-get-info',
    args: ['a'],
    payload: Buffer.from('p'),
  };
  const never = new AbortController().signal;
  let service: CtapService;
  /** The programs that run, in the order of their start; calling one ends it. */
  let running: ((error?: Error) => void)[];
  /** How many were killed. */
  let killed: number;

  beforeEach(() => {
    [running, killed] = [[], 0];
    const execute: Execute = (_command, _args, _options, done) => {
      running.push((error) => done(error ?? null, Buffer.from('out'), Buffer.alloc(0)));
      return { killed: true, kill: () => killed++ };
    };
    jest.spyOn(childProcess, 'execFile').mockImplementation(execute as never);
    service = new CtapService(new Log('info', () => undefined, false));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

  it('waits for a person for five minutes', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const asked = service.ask(request, never);
    await settled();
    jest.advanceTimersByTime(300_000 - 1);
    expect(killed).toBe(0);
    jest.advanceTimersByTime(1);
    expect(killed).toBe(1);
    running[0]!(Object.assign(new Error('killed'), { code: null, signal: 'SIGKILL' }));
    await expect(asked).rejects.toMatchObject({
      reason: 'DEADLINE_EXCEEDED',
      message: 'qctap-get-info: it did not end within 300 s',
    });
  });

  it('is asked by one program at a time, and refuses the ninth that waits', async () => {
    const asked = Array.from({ length: 8 }, () => service.ask(request, never));
    await settled();
    expect(running).toHaveLength(1);
    await expect(service.ask(request, never)).rejects.toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
      message: 'the security key: 8 calls wait already; try again later',
    });
    for (let n = 0; n < 8; n++) {
      expect(running).toHaveLength(n + 1);
      running[n]!();
      expect((await asked[n]!).toString()).toBe('out');
      await settled();
    }
  });
});
