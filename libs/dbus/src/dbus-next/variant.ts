// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import variants, { type Variant as VariantOf } from 'dbus-next/lib/variant.js';

/**
 * A value with its D-Bus signature: the class that dbus-next (0.10.2) recognizes when it writes a message. Its public
 * entry point also loads an XML parser and an object model, so the class is imported from a private file.
 * variant.spec.ts fails when that file moves, or when the entry point no longer loads such a parser.
 */
export const Variant = variants.Variant;
export type Variant = VariantOf;
