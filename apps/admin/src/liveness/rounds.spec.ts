import { Rounds } from './rounds.js';

describe('rounds', () => {
  let begun: number[];
  let pauseMs: number;
  let lastsMs: number;
  let rounds: Rounds;
  const after = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  beforeEach(async () => {
    jest.useFakeTimers({ now: 0 });
    begun = [];
    pauseMs = 5_000;
    lastsMs = 700;
    rounds = new Rounds(
      () => {
        begun.push(performance.now());
        return new Promise((resolve) => setTimeout(resolve, lastsMs));
      },
      () => pauseMs,
    );
    await after(0);
  });
  afterEach(() => {
    rounds.stop();
    jest.useRealTimers();
  });

  it('begin at once, and again a pause after the end of the one before', async () => {
    await after(20_000);
    expect(begun).toEqual([0, 5_700, 11_400, 17_100]);
  });

  it('begin within a second when the pause becomes shorter', async () => {
    await after(3_000);
    pauseMs = 1_000;
    await after(1_000);
    expect(begun).toHaveLength(2);
    expect(begun[1]).toBeLessThanOrEqual(4_000);
  });

  it('begin when they are asked to, one when the one that goes on has ended, and never one beside another', async () => {
    await after(1_000);
    rounds.begin();
    expect(begun).toEqual([0, 1_000]);
    rounds.begin();
    rounds.begin();
    expect(begun).toEqual([0, 1_000]);
    await after(700);
    expect(begun).toEqual([0, 1_000, 1_700]);
    await after(5_700);
    expect(begun).toEqual([0, 1_000, 1_700, 7_400]);
  });

  it('end for good, also in the middle of one', async () => {
    rounds.stop();
    await after(700);
    rounds.begin();
    expect(jest.getTimerCount()).toBe(0);
    await after(60_000);
    expect(begun).toEqual([0]);
  });
});
