// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import forge from 'node-forge';

const { asn1 } = forge;
const { Class, Type } = asn1;

export type Node = forge.asn1.Asn1;

/**
 * Options that leave bit strings undecoded: by default node-forge (1.4.3) decodes one that happens to be DER, which a
 * key or a signature may be. Its types (1.3.14) lack these options. der.spec.ts fails when the default changes.
 */
export const fromDer = (der: Buffer | string): Node =>
  asn1.fromDer(forge.util.createBuffer(typeof der === 'string' ? der : der.toString('binary')), {
    strict: true,
    parseAllBytes: true,
    decodeBitStrings: false,
  } as unknown as boolean);

export const toDer = (node: Node): Buffer => Buffer.from(asn1.toDer(node).getBytes(), 'binary');

export const children = (node: Node): Node[] => node.value as Node[];

export const sequence = (nodes: Node[]): Node => asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, nodes);

export const bitString = (bytes: Buffer): Node =>
  asn1.create(Class.UNIVERSAL, Type.BITSTRING, false, `\0${bytes.toString('binary')}`);

/** The AlgorithmIdentifier of RFC 5280 4.1.1.2. */
export const algorithmIdentifier = (oid: string, parameters: 'absent' | 'null'): Node =>
  sequence([
    asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer(oid).getBytes()),
    ...(parameters === 'null' ? [asn1.create(Class.UNIVERSAL, Type.NULL, false, '')] : []),
  ]);

/** Positions in the TBSCertificate of RFC 5280 4.1, of version 3. */
export const position = { signature: 2, issuer: 3, subject: 5, subjectPublicKeyInfo: 6 } as const;

/** The TBSCertificate of a certificate in DER. */
export const bodyOf = (certificate: Buffer): Node => children(fromDer(certificate))[0]!;

/**
 * The value of an extension of a certificate (RFC 5280 4.2), as a binary string; undefined when it has no such
 * extension.
 */
export function extensionOf(certificate: Buffer, oid: string): string | undefined {
  const wrapper = children(bodyOf(certificate)).find(
    (node) => node.tagClass === Class.CONTEXT_SPECIFIC && Number(node.type) === 3,
  );
  const extensions = wrapper ? children(children(wrapper)[0]!) : [];
  const found = extensions.find((extension) => asn1.derToOid(children(extension)[0]!.value as string) === oid);
  return found && (fromDer(children(found).at(-1)!.value as string).value as string);
}
