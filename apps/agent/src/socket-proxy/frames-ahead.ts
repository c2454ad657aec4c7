// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** Limits in frames of at most 64 KiB: 16 for one connection, and 256 (16 MiB) for all, but at least one for each. */
const [ofConnection, ofAll] = [16, 256];

/** Limits how many frames the connections of this process may write before their peers read them. */
export class FramesAhead {
  #connections = 0;

  /** Counts a connection. The caller calls the result when the connection has ended. */
  begin(): () => void {
    this.#connections++;
    return () => void this.#connections--;
  }

  /** The number of frames that each connection may have now. */
  get limit(): number {
    return Math.max(1, Math.min(ofConnection, Math.floor(ofAll / this.#connections)));
  }
}

/** The limits of this process. */
export const framesAhead = new FramesAhead();
