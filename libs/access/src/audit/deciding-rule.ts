// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

const rules = new WeakMap<object, string>();

/** Stores for the duration of the call which rule has permitted it. */
export const setDecidingRule = (call: object, rule: string): void => void rules.set(call, rule);

/** The rule that has permitted the call; undefined where access control is off. */
export const decidingRule = (call: object): string | undefined => rules.get(call);
