// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import variants, { type Variant as VariantOf } from 'dbus-next/lib/variant.js';

/**
 * A value with its signature, as D-Bus has them: the class that dbus-next (0.10.2) recognizes when it writes a message.
 * Its own door loads an XML parser and a model of objects besides, so this is taken from a private file:
 * variant.spec.ts fails when that moves, and when the door loads no such parser any more.
 */
export const Variant = variants.Variant;
export type Variant = VariantOf;
