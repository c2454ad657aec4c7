// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Metadata as Foreign } from '@grpc/grpc-js';
import { Metadata } from '@givc/rpc';

/** The metadata in the class of grpc-js, as its server has it. */
export function foreignMetadata(metadata: Metadata): Foreign {
  const foreign = new Foreign();
  for (const [key, value] of Object.entries(metadata.getMap())) foreign.set(key, value);
  return foreign;
}

export function ownMetadata(foreign: Foreign): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(foreign.getMap())) metadata.set(key, value);
  return metadata;
}
