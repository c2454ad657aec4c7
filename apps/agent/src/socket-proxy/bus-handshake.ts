// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';

const greeting = Buffer.from('\0AUTH');
const [newline, space, carriageReturn] = [0x0a, 0x20, 0x0d];
/** The limit of dbus-daemon(1) for a line. Clients also send little after `BEGIN` before they are answered. */
const maxHeld = 16 * 1024;
const rejected = 'REJECTED';
const nothing = Buffer.alloc(0);

type State =
  /** So far, the first bytes are those of a D-Bus client. */
  | { readonly state: 'greeting'; matched: number }
  | { readonly state: 'lines'; unfinished: Buffer }
  /** `BEGIN` and what follows wait for the answers to the lines before it. */
  | { readonly state: 'begun'; held: Buffer }
  /** The handshake has ended, or the connection does not use D-Bus. */
  | { readonly state: 'over' };

/**
 * The handshake of a D-Bus connection that is carried as bytes, so that no file descriptor can travel with it
 * (https://dbus.freedesktop.org/doc/dbus-specification.html#auth-protocol). The client's `NEGOTIATE_UNIX_FD` is
 * replaced by an unknown command, which the bus itself rejects. `BEGIN` is held back until everything before it is
 * answered, because xdg-dbus-proxy (0.1.4) treats answers after it as messages, and disconnects clients that do not
 * wait (sd-bus(3)).
 *
 * Other connections than D-Bus, and all bytes after `BEGIN`, pass unchanged and without delay.
 */
export class BusHandshake {
  #state: State = { state: 'greeting', matched: 0 };
  #commands = 0;
  #answers = 0;
  /** The beginning of an incomplete answer. */
  #answer = '';
  /** The last user number that the client has claimed, and the number of that command. */
  #claim: { readonly uid: string; readonly command: number } | undefined;

  /** `onRejected` is called with the number of a user that the client claims to be and the bus does not accept. */
  constructor(private readonly onRejected: (uid: string) => void = () => undefined) {}

  /** All further bytes pass unchanged. */
  get isOver(): boolean {
    return this.#state.state === 'over';
  }

  /**
   * Processes bytes of the client, and returns those that may be sent to the bus now. Throws RESOURCE_EXHAUSTED when a
   * line is too long, or when the client sends too much before it is answered.
   */
  fromClient(chunk: Buffer): Buffer {
    switch (this.#state.state) {
      case 'greeting':
        return this.#greet(this.#state, chunk);
      case 'lines':
        return this.#read(Buffer.concat([this.#state.unfinished, chunk]));
      case 'begun':
        this.#state.held = bounded(Buffer.concat([this.#state.held, chunk]));
        return nothing;
      case 'over':
        return chunk;
    }
  }

  /**
   * Reads bytes of the bus, which the client gets unchanged, and returns held bytes that may be sent to the bus now.
   */
  fromBus(chunk: Buffer): Buffer {
    if (this.#state.state === 'over') return nothing;
    const lines = (this.#answer + chunk.toString('latin1')).split('\n');
    this.#answer = lines.pop()!.slice(0, rejected.length);
    for (const line of lines) this.#readAnswer(line);
    return this.#state.state === 'begun' && this.#isAnswered ? this.end() : nothing;
  }

  /** Ends the handshake, and returns the bytes that were held back. */
  end(): Buffer {
    const before = this.#state;
    this.#state = { state: 'over' };
    switch (before.state) {
      case 'lines':
        return before.unfinished;
      case 'begun':
        return before.held;
      case 'greeting':
      case 'over':
        return nothing;
    }
  }

  #readAnswer(line: string): void {
    this.#answers++;
    if (line.startsWith(rejected) && this.#claim?.command === this.#answers) this.onRejected(this.#claim.uid);
  }

  get #isAnswered(): boolean {
    return this.#answers >= this.#commands;
  }

  #greet(state: { matched: number }, chunk: Buffer): Buffer {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (state.matched < greeting.length && byte === greeting[state.matched]) state.matched++;
      else if (state.matched === greeting.length && (byte === space || byte === carriageReturn)) {
        this.#state = { state: 'lines', unfinished: nothing };
        return Buffer.concat([chunk.subarray(0, at), this.#read(chunk.subarray(at))]);
      } else {
        this.#state = { state: 'over' };
        break;
      }
    }
    return chunk;
  }

  #read(bytes: Buffer): Buffer {
    const passed: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      const line = bytes.subarray(start, end + 1);
      const command = line.toString('latin1').trimEnd();
      if (command === 'BEGIN') {
        this.#state = { state: 'begun', held: bytes.subarray(start) };
        return Buffer.concat([...passed, this.#isAnswered ? this.end() : nothing]);
      }
      this.#commands++;
      const uid = claimedUser(command);
      if (uid !== undefined) this.#claim = { uid, command: this.#commands };
      passed.push(command === 'NEGOTIATE_UNIX_FD' ? Buffer.from('NEGOTIATE_NO_UNIX_FD\r\n') : line);
      start = end + 1;
    }
    this.#state = { state: 'lines', unfinished: bounded(bytes.subarray(start)) };
    return Buffer.concat(passed);
  }
}

/** The user number in `AUTH EXTERNAL 31303030`, whose digits are hex-encoded ASCII. */
function claimedUser(command: string): string | undefined {
  const [, hex] = /^ ?(?:AUTH )?EXTERNAL ((?:3[0-9]){1,10})$/.exec(command) ?? [];
  return hex && Buffer.from(hex, 'hex').toString();
}

function bounded(held: Buffer): Buffer {
  if (held.length > maxHeld)
    throw new GivcError('RESOURCE_EXHAUSTED', `a D-Bus client sends more than ${maxHeld} bytes before it is answered`);
  return held;
}
