// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** Frames of a connection, and of all of them, which have at most 64 KiB each: 16 MiB, or one of each connection. */
const [ofConnection, ofAll] = [16, 256];

/** How many frames the connections of this process may have written that their peers do not read. */
export class FramesAhead {
  #connections = 0;

  /** Returns what is called once the connection has ended. */
  begin(): () => void {
    this.#connections++;
    return () => void this.#connections--;
  }

  /** How many a connection may have. */
  get limit(): number {
    return Math.max(1, Math.min(ofConnection, Math.floor(ofAll / this.#connections)));
  }
}

/** Those of this process. */
export const framesAhead = new FramesAhead();
