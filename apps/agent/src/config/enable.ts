// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { defaulted, described } from '@givc/config';

/** A capability is off unless its `enable` is true. */
export const enable = described(defaulted(z.boolean(), false), 'Whether this is on.');

/** The configuration of a capability that has no other setting. */
export const onlyEnable = defaulted(z.strictObject({ enable }), {});

/** The schema of a capability that is off is not applied, so that an unfinished block can stay in the file. */
export const readIfEnabled = <Schema extends z.ZodMiniType>(schema: Schema) =>
  described(
    z.pipe(
      z.transform((input: unknown): unknown => {
        const on = (input as { enable?: unknown } | null | undefined)?.enable;
        return on === false || on === null || on === undefined ? {} : input;
      }),
      schema,
    ),
    '',
    { isLenient: true },
  );
