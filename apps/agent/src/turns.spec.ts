import { Turns } from './turns.js';

const patient = new AbortController().signal;

/** Work that goes on until it is told to end. */
function work(log: string[], name: string) {
  let end!: () => void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const run = async () => {
    log.push(`${name} begins`);
    await ended;
    log.push(`${name} ends`);
    return name;
  };
  return { run, end };
}

describe('turns', () => {
  it('are taken one after another, in the order in which they were asked for', async () => {
    const turns = new Turns('the key', 8);
    const log: string[] = [];
    const [first, second] = [work(log, 'first'), work(log, 'second')];
    second.end();
    const both = Promise.all([turns.take(patient, first.run), turns.take(patient, second.run)]);
    first.end();
    expect(await both).toEqual(['first', 'second']);
    expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('pass to the next when work fails', async () => {
    const turns = new Turns('the key', 8);
    const failed = turns.take(patient, () => Promise.reject(new Error('broken')));
    const next = turns.take(patient, () => Promise.resolve('next'));
    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('next');
  });

  it('are given up by who hangs up before, and the others still go one after another', async () => {
    const turns = new Turns('the key', 8);
    const log: string[] = [];
    const [first, third] = [work(log, 'first'), work(log, 'third')];
    const leaving = new AbortController();
    const running = turns.take(patient, first.run);
    const left = turns.take(leaving.signal, () => Promise.resolve(log.push('second begins')));
    const waiting = turns.take(patient, third.run);
    leaving.abort();
    await expect(left).rejects.toMatchObject({ reason: 'CANCELLED' });
    expect(log).toEqual(['first begins']);
    first.end();
    third.end();
    await Promise.all([running, waiting]);
    expect(log).toEqual(['first begins', 'first ends', 'third begins', 'third ends']);
  });

  it('are refused when too many wait', async () => {
    const turns = new Turns('the key', 2);
    const held = work([], 'held');
    const taken = [turns.take(patient, held.run), turns.take(patient, held.run)];
    await expect(turns.take(patient, held.run)).rejects.toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
      message: 'the key: 2 calls wait already; try again later',
    });
    held.end();
    await Promise.all(taken);
    expect(await turns.take(patient, () => Promise.resolve('free'))).toBe('free');
  });
});
