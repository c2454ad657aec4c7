// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Libc } from '@givc/native';

/** A request of ioctl(2) on x86-64 and arm64: the direction, the size of the argument, a letter and a number. */
const request = (direction: number, letter: string, number: number, bytes: number): number =>
  ((direction << 30) | (bytes << 16) | (letter.charCodeAt(0) << 8) | number) >>> 0;
const [none, write, read] = [0, 1, 2];

/** Requests of evdev (linux/input.h). */
export const evdev = {
  id: request(read, 'E', 0x02, 8),
  name: (bytes: number) => request(read, 'E', 0x06, bytes),
  place: (bytes: number) => request(read, 'E', 0x07, bytes),
  properties: (bytes: number) => request(read, 'E', 0x09, bytes),
  pressedKeys: (bytes: number) => request(read, 'E', 0x18, bytes),
  activeSwitches: (bytes: number) => request(read, 'E', 0x1b, bytes),
  codes: (type: number, bytes: number) => request(read, 'E', 0x20 + type, bytes),
  axis: (code: number) => request(read, 'E', 0x40 + code, 24),
  grab: request(write, 'E', 0x90, 4),
};

/** Requests of uinput (linux/uinput.h). */
export const uinput = {
  create: request(none, 'U', 1, 0),
  destroy: request(none, 'U', 2, 0),
  setup: request(write, 'U', 3, 92),
  setupAxis: request(write, 'U', 4, 28),
  systemName: (bytes: number) => request(read, 'U', 44, bytes),
  addType: request(write, 'U', 100, 4),
  addKey: request(write, 'U', 101, 4),
  addRelative: request(write, 'U', 102, 4),
  addMisc: request(write, 'U', 104, 4),
  addSwitch: request(write, 'U', 109, 4),
  setPlace: request(write, 'U', 108, 8),
  addProperty: request(write, 'U', 110, 4),
};

/** ioctl(2), with a number or a buffer that it reads or fills; throws a `SystemCallError`. */
export interface Ioctl {
  number(fd: number, request: number, argument: number): void;
  buffer(fd: number, request: number, argument: Buffer): number;
}

export function ioctlOf(libc: Libc): Ioctl {
  const number = libc.declare<[fd: number, request: number, argument: number]>(
    'int ioctl(int fd, unsigned long request, unsigned long argument)',
  );
  const buffer = libc.declare<[fd: number, request: number, argument: Buffer]>(
    'int ioctl(int fd, unsigned long request, void *argument)',
  );
  return { number: (...values) => void number(...values), buffer };
}

/** The numbers of the bits that are set. */
export function bitsOf(bytes: Buffer): number[] {
  const found: number[] = [];
  for (let bit = 0; bit < bytes.length * 8; bit++) if (bytes[bit >> 3]! & (1 << (bit & 7))) found.push(bit);
  return found;
}

/** The text before the NUL. */
export const textOf = (bytes: Buffer): string => bytes.toString('utf8').replace(/\0.*$/s, '');
