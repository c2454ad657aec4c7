// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Listeners } from './listeners.js';

describe('listeners', () => {
  let listeners: Listeners<[text: string, number: number]>;
  let calls: string[];
  beforeEach(() => {
    listeners = new Listeners();
    calls = [];
  });
  const listen = (name: string, also: () => void = () => undefined) =>
    listeners.add((text, number) => {
      calls.push(`${name} ${text} ${number}`);
      also();
    });

  it('are called in the order in which they were added, before the event has passed', () => {
    listen('a');
    listen('b');
    listeners.notify('x', 1);
    expect(calls).toEqual(['a x 1', 'b x 1']);
  });

  it('are called until they are removed; only the first removal returns true', () => {
    const remove = listen('a');
    expect(listeners.size).toBe(1);
    expect([remove(), remove()]).toEqual([true, false]);
    listeners.notify('x', 1);
    expect([calls, listeners.size]).toEqual([[], 0]);
  });

  it('are called once for each time they were added', () => {
    const listener = () => void calls.push('called');
    const remove = listeners.add(listener);
    listeners.add(listener);
    listeners.notify('x', 1);
    remove();
    listeners.notify('y', 2);
    expect(calls).toHaveLength(3);
  });

  it('get only events after the one during which they were added', () => {
    let isAdded = false;
    listen('a', () => {
      if (!isAdded) listen('b');
      isAdded = true;
    });
    listeners.notify('x', 1);
    listeners.notify('y', 2);
    expect(calls).toEqual(['a x 1', 'a y 2', 'b y 2']);
  });

  it('are not called any more when another has removed them during the event', () => {
    listen('a', () => void removeB());
    const removeB = listen('b');
    listeners.notify('x', 1);
    expect(calls).toEqual(['a x 1']);
  });

  it('are all called even if some throw, and `notify` throws the first error', () => {
    listen('a', () => {
      throw new Error('a is broken');
    });
    listen('b', () => {
      throw new Error('b is broken');
    });
    listen('c');
    expect(() => listeners.notify('x', 1)).toThrow('a is broken');
    expect(calls).toEqual(['a x 1', 'b x 1', 'c x 1']);
  });
});
