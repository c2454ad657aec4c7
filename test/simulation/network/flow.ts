// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The initial window of each call in each direction (RFC 9113, 6.9.2). */
export const windowBytes = 65_535;

interface Waiting {
  readonly bytes: Buffer;
  readonly sent: () => void;
}

/** The messages of a call that one side sends: as many as fit into the other side's window; the rest waits. */
export class Outflow {
  readonly #waiting: Waiting[] = [];
  #room: number;
  #isEnded = false;

  constructor(
    window: number,
    private readonly send: (bytes: Buffer) => void,
    private readonly onEnd: () => void,
  ) {
    this.#room = window;
  }

  /** Sends a message; `sent` is called once it is on its way. */
  push(bytes: Buffer, sent: () => void): void {
    this.#waiting.push({ bytes, sent });
    this.#flush();
  }

  /** Ends the messages: none is pushed after this. */
  end(): void {
    this.#isEnded = true;
    this.#flush();
  }

  /** Reports that the receiver has read this many bytes. */
  widen(bytes: number): void {
    this.#room += bytes;
    this.#flush();
  }

  #flush(): void {
    while (this.#waiting.length > 0 && this.#room > 0) {
      const { bytes, sent } = this.#waiting.shift()!;
      this.#room -= bytes.length;
      this.send(bytes);
      process.nextTick(sent);
    }
    if (this.#isEnded && this.#waiting.length === 0) {
      this.#isEnded = false;
      this.onEnd();
    }
  }
}

/** The messages of a call that one side receives; each is handed over on request. */
export class Inflow {
  readonly #messages: Buffer[] = [];
  #isAsked = false;
  #isHanding = false;

  constructor(
    private readonly hand: (bytes: Buffer) => void,
    private readonly taken: (bytes: number) => void,
    /** Called when no message is left. */
    private readonly onEmpty: () => void,
  ) {}

  get isEmpty(): boolean {
    return this.#messages.length === 0 && !this.#isHanding;
  }

  push(bytes: Buffer): void {
    this.#messages.push(bytes);
    this.#next();
  }

  ask(): void {
    this.#isAsked = true;
    this.#next();
  }

  #next(): void {
    if (!this.#isAsked || this.#isHanding) return;
    const bytes = this.#messages.shift();
    if (!bytes) return;
    this.#isAsked = false;
    this.#isHanding = true;
    this.taken(bytes.length);
    process.nextTick(() => {
      this.#isHanding = false;
      this.hand(bytes);
      if (this.isEmpty) this.onEmpty();
      this.#next();
    });
  }
}
