// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { UnreadAnswers } from './unread-answers.js';

describe('the answers that a peer has not read', () => {
  let answers: UnreadAnswers;
  let sent: string[];

  beforeEach(() => {
    answers = new UnreadAnswers({ unreadBytes: 100, unreadBytesOfPeer: 30 });
    sent = [];
  });

  /** An answer of this size, which is on its way as soon as it is sent. */
  const answer = (peer: string, name: string, bytes: number) => {
    const send = (): void => {
      sent.push(name);
      answers.count(peer, bytes);
    };
    answers.enter(peer, send);
    return send;
  };

  it('delay further ones, in their order, while they have the permitted number of bytes', () => {
    for (const name of ['1', '2', '3', '4', '5']) answer('a', name, 15);
    expect(sent).toEqual(['1', '2']);
    answers.count('a', -15);
    expect(sent).toEqual(['1', '2', '3']);
    answers.count('a', -30);
    expect(sent).toEqual(['1', '2', '3', '4', '5']);
  });

  it('do not delay those of another peer', () => {
    for (const name of ['1', '2', '3']) answer('a', name, 30);
    answer('b', 'other', 30);
    expect(sent).toEqual(['1', 'other']);
  });

  it('no longer delay those whose call has ended', () => {
    answer('a', '1', 30);
    const ended = answer('a', '2', 30);
    answer('a', '3', 30);
    answers.leave('a', ended);
    answers.count('a', -30);
    expect(sent).toEqual(['1', '3']);
  });

  it('leave room in total for one more peer, which gets its first answer whatever its length', () => {
    const peers = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const peer of peers) for (let n = 0; n < 30; n++) answer(peer, peer, 1);
    const counts = peers.map((peer) => sent.filter((name) => name === peer).length);
    expect(counts).toEqual([30, 30, 20, 10, 5, 3]);
    answer('g', 'long', 1_000);
    answer('h', 'long', 1_000);
    expect(sent.slice(-2)).toEqual(['long', 'long']);
  });

  it('release those of other peers that waited for room in total', () => {
    answer('a', '1', 90);
    answer('b', '2', 10);
    answer('b', '3', 10);
    expect(sent).toEqual(['1', '2']);
    answers.count('a', -90);
    expect(sent).toEqual(['1', '2', '3']);
  });
});
