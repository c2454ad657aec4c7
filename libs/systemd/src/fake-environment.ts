// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The environment that a fake manager gives to programs: its own, then what was set. */
export class FakeEnvironment {
  readonly #set = new Map<string, string>();

  constructor(private readonly inherited: Readonly<Record<string, string>>) {}

  get all(): Readonly<Record<string, string>> {
    return { ...this.inherited, ...Object.fromEntries(this.#set) };
  }

  /** Undefined removes a variable that was set. */
  change(variables: Readonly<Record<string, string | undefined>>): void {
    for (const [name, value] of Object.entries(variables))
      if (value === undefined) this.#set.delete(name);
      else this.#set.set(name, value);
  }
}
