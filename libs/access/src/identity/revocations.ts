// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { PeerCertificate } from 'node:tls';
import { listMistakes, readText } from '@givc/config';
import { GivcError, parseVmName, systemErrorText, quoted } from '@givc/model';
import { normalSerial, peerOfCertificate } from './peer.js';

const serial = /^[0-9A-Fa-f]{1,2}(:?[0-9A-Fa-f]{2}){0,19}$|^[0-9A-Fa-f]{1,40}$/;

/** Certificates that are rejected although their authority has signed them, by serial number or by name. */
export class Revocations {
  private constructor(
    private readonly text: string,
    private readonly serials: ReadonlySet<string>,
    /** The names of the lines `name DNS-NAME`. */
    readonly names: readonly string[],
  ) {}

  static readonly none = new Revocations('', new Set(), []);

  /**
   * Reads a file whose lines are `serial HEX` (with or without colons, as `openssl x509 -serial` and `givc-cli certs
   * show` print it) or `name DNS-NAME`; `#` begins a comment. Throws INVALID_ARGUMENT with a line for each mistake.
   */
  static read(file: string): Revocations {
    let text: string;
    try {
      text = readText(file);
    } catch (error) {
      throw new GivcError('INVALID_ARGUMENT', `cannot read the revocations ${file}: ${systemErrorText(error)}`, {
        cause: error,
      });
    }
    return Revocations.parse(text, file);
  }

  /** Like `read`, for the text of `file`. */
  static parse(text: string, file: string): Revocations {
    const serials = new Set<string>();
    const names: string[] = [];
    const mistakes: string[] = [];
    for (const [index, line] of text.split('\n').entries()) {
      const words = line.replace(/#.*/, '').trim();
      const [kind, value = '', ...more] = words.split(/\s+/);
      if (words === '') continue;
      if (kind === 'serial' && serial.test(value) && more.length === 0) serials.add(normalSerial(value));
      else if (kind === 'name' && isName(value) && more.length === 0) names.push(value);
      else
        mistakes.push(`${file}:${index + 1}: invalid line ${quoted(words)}: expected "serial HEX" or "name DNS-NAME"`);
    }
    if (mistakes.length > 0) throw new GivcError('INVALID_ARGUMENT', listMistakes(mistakes).join('\n'));
    return new Revocations(text, serials, names);
  }

  /** The reason for which this certificate is rejected; undefined when it is accepted. Each of its DNS names counts. */
  rejection(certificate: PeerCertificate): string | undefined {
    const peer = peerOfCertificate(certificate);
    if (this.serials.has(peer.serial)) return `its certificate is revoked by its serial number ${peer.serial}`;
    const name = this.names.find((revoked) => peer.hasName(revoked));
    return name === undefined ? undefined : `its certificate is revoked by its name ${name}`;
  }

  /** The number of certificates that are revoked by their serial number. */
  get serialNumbers(): number {
    return this.serials.size;
  }

  /** Whether the other has the same text. */
  equals(other: Revocations): boolean {
    return this.text === other.text;
  }
}

function isName(value: string): boolean {
  try {
    parseVmName('name', value);
    return true;
  } catch {
    return false;
  }
}
