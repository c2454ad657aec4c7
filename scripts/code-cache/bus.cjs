// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// As much of a message bus with systemd on it as the first calls of an agent need
// (https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol).
const { Buffer } = require('node:buffer');
const net = require('node:net');

const aligned = (bytes, to) => Buffer.concat([bytes, Buffer.alloc((to - (bytes.length % to)) % to)]);

const uint32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

const text = (value) => Buffer.concat([uint32(value.length), Buffer.from(`${value}\0`)]);
const signature = (value) => Buffer.from([value.length, ...Buffer.from(value), 0]);

const texts = (...values) =>
  values.reduce((bytes, value) => Buffer.concat([aligned(bytes, 4), text(value)]), Buffer.of());

const unit = ['web.service', 'Web', 'loaded', 'active', 'running', '', '/org/freedesktop/systemd1/unit/web_2eservice'];
const row = Buffer.concat([aligned(texts(...unit), 4), uint32(0), texts('', '/')]);
const rows = ['a(ssssssouso)', Buffer.concat([uint32(row.length), uint32(0), row])];

/** The body of the reply to a method, with its signature. */
const replies = {
  GetNameOwner: ['s', text(':1.1')],
  Get: ['v', Buffer.concat([signature('s'), Buffer.of(0), text('running')])],
  ListUnitsByNames: rows,
  ListUnitsByPatterns: rows,
};

function reply(serial, member) {
  const [type, body] = replies[member] ?? ['', Buffer.of()];
  const ofBody = type === '' ? Buffer.of() : Buffer.concat([Buffer.from('\x08\x01g\0', 'latin1'), signature(type)]);
  const fields = Buffer.concat([Buffer.from('\x05\x01u\0', 'latin1'), uint32(serial), ofBody]);
  const head = Buffer.concat([Buffer.from('l\x02\x01\x01', 'latin1'), uint32(body.length), uint32(1)]);
  return Buffer.concat([aligned(Buffer.concat([head, uint32(fields.length), fields]), 8), body]);
}

/** The name of the called method: field 3 of the header, a text. */
function memberOf(header) {
  const at = header.indexOf('\x03\x01s\0', 'latin1') + 4;
  return header.toString('latin1', at + 4, at + 4 + header.readUInt32LE(at));
}

/** The end of the authentication, which is one line of the client and one of the bus before it. */
const lastLine = 'BEGIN\r\n';

/** Listens on a unix socket, and replies to each method of each client. */
function listen(path) {
  const server = net.createServer((socket) => {
    let received = Buffer.of();
    let isClient = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (!isClient) {
        const begin = received.indexOf(lastLine);
        isClient = begin >= 0;
        if (!isClient) return void socket.write(`OK ${'0'.repeat(32)}\r\n`);
        received = received.subarray(begin + lastLine.length);
      }
      while (received.length >= 16) {
        const header = 16 + Math.ceil(received.readUInt32LE(12) / 8) * 8;
        const length = header + received.readUInt32LE(4);
        if (received.length < length) return;
        socket.write(reply(received.readUInt32LE(8), memberOf(received.subarray(16, header))));
        received = received.subarray(length);
      }
    });
  });
  return new Promise((resolve) => server.listen(path, resolve));
}

module.exports = { listen };
