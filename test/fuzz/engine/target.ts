// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type fc from 'fast-check';
import type { Reason } from '@givc/model';
import { pumpsOf, type Pump } from './growth.js';
import { requireHarmless, requireRejection, sizeOf } from './requirements.js';

/** The reasons of the `GivcError`s that a parser may throw. */
export interface Rejection {
  readonly reasons: readonly Reason[];
  /** The maximum length of the message. The default is 1,200 characters, for a quoted value and a sentence. */
  readonly messageMax?: number;
  /** Whether the message has one line for each mistake. */
  readonly hasLines?: boolean;
}

/** A parser, its inputs, and the requirements on its results. */
export interface TargetOptions<Input, Value> {
  readonly name: string;
  /** The parser's name and the origin of its input, for people. */
  readonly parses: string;
  readonly input: fc.Arbitrary<Input>;
  readonly parse: (input: Input) => Value | Promise<Value>;
  /** Throws unless the accepted value is as documented; independent of the parser's code. */
  readonly accepted: (value: Value, input: Input) => void | Promise<void>;
  /** By default INVALID_ARGUMENT with one line; `never` for a parser that accepts every input. */
  readonly rejection?: Rejection | 'never';
  /** The parts of the input that no error message may contain. */
  readonly secrets?: (input: Input) => readonly string[];
  /** The size limit of the accepted value, in characters and bytes; by default 64 Ki and 16 times the input. */
  readonly outputMax?: number;
  /** Inputs of growing length, whose cost must grow no faster than the length. */
  readonly pump?: { readonly seeds: readonly string[]; readonly input: (text: string) => Input };
}

/** A target, without the types of its input and its values. */
export interface Target {
  readonly name: string;
  readonly parses: string;
  readonly input: fc.Arbitrary<unknown>;
  /** Parses the input, and throws unless all requirements hold. */
  readonly verify: (input: unknown) => Promise<void>;
  readonly growth: { readonly pumps: fc.Arbitrary<Pump>; readonly parse: (text: string) => Promise<void> } | undefined;
}

const usual: Rejection = { reasons: ['INVALID_ARGUMENT'] };

export function target<Input, Value>(options: TargetOptions<Input, Value>): Target {
  const { name, parses, input, parse, accepted, rejection = usual, secrets, outputMax, pump } = options;
  const verify = async (one: Input): Promise<void> => {
    let value: Value;
    try {
      value = await parse(one);
    } catch (error) {
      requireHarmless(undefined, 0);
      return requireRejection(error, rejection, secrets?.(one) ?? []);
    }
    requireHarmless(value, outputMax ?? 64 * 1024 + 16 * sizeOf(one));
    await accepted(value, one);
  };
  return {
    ...{ name, parses, input },
    verify: (one) => verify(one as Input),
    growth: pump && {
      pumps: pumpsOf(pump.seeds),
      parse: async (text) => {
        const made = pump.input(text);
        try {
          await parse(made);
        } catch {
          // `verify` checks the error.
        }
      },
    },
  };
}
