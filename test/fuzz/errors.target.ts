// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { Metadata } from '@grpc/grpc-js';
import fc from 'fast-check';
import { GivcError, reasons } from '@givc/model';
import { codeOf, errorOfStatus, policySignature, policySignatureOf } from '@givc/rpc';
import { decodeDetails, detailsTrailer, encodeDetails } from '../../libs/rpc/src/status-details.js';
import { requirePlain, sizeOf } from './engine/requirements.js';
import { target } from './engine/target.js';
import { bytesLike, texts } from './engine/texts.js';

const seed = encodeDetails(3, 'invalid name', {
  field: 'VmName',
  info: { reason: 'VM_UNKNOWN', metadata: { vm: 'net-vm', known: 'a' } },
})!;
const other = encodeDetails(5, 'unknown', { field: undefined, info: { reason: 'X', metadata: { __proto__x: 'y' } } })!;

export const statusDetails = target({
  ...{
    name: 'status-details',
    parses: 'errorOfStatus and decodeDetails of libs/rpc: how another server says that a call failed',
    rejection: 'never',
  },
  input: fc.record({
    code: fc.oneof(fc.nat(16), fc.integer()),
    details: texts(['14 UNAVAILABLE: connection refused', 'vm "net-vm" is unknown']),
    trailer: bytesLike([seed, other], ['type.googleapis.com/google.rpc.DebugInfo', '__proto__', 'givc']),
  }),
  outputMax: 64 * 1024,
  parse: ({ code, details, trailer }) => {
    const metadata = new Metadata();
    metadata.set(detailsTrailer, trailer);
    const error = errorOfStatus({ code, details, metadata });
    return { message: error.message, reason: error.reason, field: error.field, info: error.info };
  },
  accepted: ({ message, reason, field, info }, { code, trailer }) => {
    assert(message !== '' && message.length <= 2_048, `${message.length} characters`);
    for (const line of message.split(/[\n\t]/)) requirePlain(line, 'the message');
    assert(reasons.includes(reason));
    if (reason !== 'INTERNAL') assert.equal(codeOf(reason), code);
    for (const text of [field ?? '', info?.reason ?? '', ...Object.entries(info?.metadata ?? {}).flat()])
      requirePlain(text);
    assert(sizeOf(info) <= 20_000, `what programs get has a size of ${sizeOf(info)}`);
    const decoded = decodeDetails(trailer);
    if (decoded.info === undefined && decoded.field === undefined) return;
    const again = decodeDetails(encodeDetails(3, '', new GivcError('INTERNAL', '', decoded)));
    assert.deepEqual({ field: again.field, info: again.info }, { field: decoded.field, info: decoded.info });
  },
});

export const signatureHeaders = target({
  ...{
    name: 'signature-headers',
    parses: 'policySignatureOf of libs/rpc',
    input: texts(['dW50cnVzdGVk', 'aGVsbG8='], ['%', '=']),
    rejection: 'never',
  },
  outputMax: 4_096,
  parse: (text) => {
    const metadata = new Metadata();
    const [[key] = ['']] = Object.entries(policySignature('x'));
    metadata.set(key, text.replace(/[^ -~]/g, '') || '=');
    return policySignatureOf(metadata);
  },
  accepted: (signature) => {
    assert(signature === undefined || signature.length <= 4_096);
  },
});
