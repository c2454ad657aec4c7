// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { socketOfAddress } from '@givc/dbus';
import type { UnitName } from '@givc/model';
import { parseBus, parseBusNames, parseBusRule, parseSocketPath } from '../../apps/agent/src/dbus-proxy/dbus-names.js';
import { BusHandshake } from '../../apps/agent/src/socket-proxy/bus-handshake.js';
import { unitOfPath, unitPath } from '../../libs/systemd/src/names.js';
import { chunksOf, cutsOf } from './engine/chunks.js';
import { target } from './engine/target.js';
import { bytesLike, texts } from './engine/texts.js';

const clients = [
  ...['\0AUTH EXTERNAL 31303030\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\nl\x01\0\x01', '\0AUTH\r\nAUTH ANONYMOUS\r\nBEGIN\r\n'],
  ...['\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n', 'l\x01\0\x01', 'GET / HTTP/1.1\r\n'],
];

interface Dialogue {
  readonly bytes: Buffer;
  readonly cuts: readonly number[];
  /** The bytes that the bus sends meanwhile, after the last chunk of the client. */
  readonly answers: string;
}

/** The bytes that reach the bus before and after its answers, and the clients that were rejected. */
function converse({ bytes, cuts, answers }: Dialogue): {
  before: Buffer;
  after: Buffer;
  rejected: string[];
  isOver: boolean;
} {
  const rejected: string[] = [];
  const handshake = new BusHandshake((uid) => rejected.push(uid));
  const before = Buffer.concat(chunksOf(bytes, cuts).map((chunk) => handshake.fromClient(chunk)));
  const after = handshake.fromBus(Buffer.from(answers, 'latin1'));
  return { before, after, rejected, isOver: handshake.isOver };
}

const noDescriptors = (text: string): string =>
  text.replaceAll(/(?<=\n)NEGOTIATE_UNIX_FD[^\S\n]*\n/g, 'NEGOTIATE_NO_UNIX_FD\r\n');

export const busHandshakes = target({
  ...{ name: 'bus-handshakes', parses: 'BusHandshake of apps/agent: what a client of D-Bus says before its messages' },
  input: fc.record({
    bytes: bytesLike(
      clients.map((text) => Buffer.from(text, 'latin1')),
      ['NEGOTIATE_UNIX_FD\r\n', 'BEGIN\r\n', 'BEGIN ', '\r', 'NEGOTIATE_UNIX_FD \n'],
    ),
    cuts: cutsOf(200),
    answers: texts(['OK 1234\r\nAGREE_UNIX_FD\r\n', 'REJECTED EXTERNAL\r\n', 'DATA\r\nOK 1\r\nERROR\r\n', '']),
  }),
  rejection: { reasons: ['RESOURCE_EXHAUSTED'] },
  pump: { seeds: clients, input: (text) => ({ bytes: Buffer.from(text, 'latin1'), cuts: [], answers: '' }) },
  parse: (dialogue) => converse(dialogue),
  accepted: ({ before, after, rejected, isOver }, dialogue) => {
    const { bytes } = dialogue;
    assert.deepEqual(
      converse({ ...dialogue, cuts: [] }),
      { before, after, rejected, isOver },
      'the cuts make a difference',
    );
    const sent = bytes.toString('latin1');
    const got = Buffer.concat([before, after]).toString('latin1');
    const [head = '', ...rest] = sent.split(/(?<=\n)BEGIN[^\S\n]*\n/);
    if (!/^\0AUTH[ \r]/.test(sent)) assert.equal(got, sent, 'bytes of another protocol are changed');
    else if (rest.length === 0) assert(noDescriptors(sent).startsWith(got), 'the bus gets what was not sent');
    else {
      assert(got.startsWith(noDescriptors(head)), 'what comes before BEGIN does not arrive');
      assert.doesNotMatch(got.slice(0, noDescriptors(head).length), /(?<=\n)NEGOTIATE_UNIX_FD\s*\n/);
      if (isOver) assert.equal(got.slice(noDescriptors(head).length), sent.slice(head.length));
    }
    for (const uid of rejected) assert.match(uid, /^[0-9]{1,10}$/);
  },
});

const addresses = [
  'unix:path=/run/dbus/system_bus_socket',
  'unix:abstract=/tmp/x,guid=1;unix:path=/a',
  'tcp:host=x;unix:path=%2frun',
];

export const busAddresses = target({
  ...{
    name: 'bus-addresses',
    parses: 'socketOfAddress of libs/dbus',
    input: texts(addresses, ['unix:', 'path=', 'abstract=', ';', ',', '%2f']),
  },
  pump: { seeds: addresses, input: (text) => text },
  parse: (text) => socketOfAddress(text),
  accepted: (socket, text) => {
    assert(socket !== '' && socket.length <= text.length);
    assert(text.includes('unix:'));
  },
});

const rules = [
  'org.freedesktop.UPower',
  'org.freedesktop.*',
  'org.x=*@/org/x/*',
  'org.x=a.b.*',
  'unix:path=/run/a/b.sock',
  '/run/a/b.sock',
];

export const busRules = target({
  ...{ name: 'bus-rules', parses: 'parseBusNames, parseBusRule, parseBus and parseSocketPath of apps/agent' },
  input: texts(rules, ['.*', '=', '@', '/*', '..', 'system', 'unix:path=']),
  pump: { seeds: rules, input: (text) => text },
  parse: (text) => {
    if (text.includes('=') && !text.startsWith('unix:')) return parseBusRule('call', text);
    if (text.startsWith('/')) return parseSocketPath('socket', text);
    return text.startsWith('unix:') ? parseBus('bus', text) : parseBusNames('talk', text);
  },
  accepted: (parsed, text) => {
    // Each becomes an argument of xdg-dbus-proxy(1): --talk=NAME.
    assert.match(text, /^[A-Za-z0-9_.*=@/:+~-]+$/);
    const path = typeof parsed === 'object' ? parsed.path : text.startsWith('/') ? text : '/a';
    assert(!path.split('/').some((step) => step === '..' || step === '.'), `${path} leads elsewhere`);
  },
});

const paths = [
  '/org/freedesktop/systemd1/unit/web_2eservice',
  '/org/freedesktop/systemd1/unit/_',
  '/org/freedesktop/systemd1/job/1',
];

export const unitPaths = target({
  ...{ name: 'unit-paths', parses: 'unitOfPath of libs/systemd: objects of systemd', rejection: 'never' },
  input: texts([...paths, 'web.service', 'microvm@net-vm.service', 'ä.service'], ['_', '_2e', '_zz']),
  pump: { seeds: paths, input: (text) => text },
  parse: (text) => ({ unit: unitOfPath(text), path: unitPath(text as UnitName) }),
  accepted: ({ path }, text) => {
    assert.match(path, /^(\/[A-Za-z0-9_]+)+$/);
    assert.equal(unitOfPath(path), Buffer.from(text).toString());
  },
});
