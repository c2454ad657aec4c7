// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readImage } from '../../libs/pki/src/image.js';
import { withFolder } from './engine/folder.js';
import { target } from './engine/target.js';
import { bytesLike } from './engine/texts.js';

/** The UUIDs of the images of these machines. */
const uuids = {
  'net-vm': '25217235827e8789ab71430b0e95cded',
  'admin-vm': '3f58f02ed4fd8f6298a565ef68c36b90',
  'gui-vm': 'dc0ba78476ff85ba853acb09c5c119b5',
} as const;
type Machine = keyof typeof uuids;
const machine = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Machine>('net-vm') },
  { weight: 1, arbitrary: fc.constantFrom(...(Object.keys(uuids) as Machine[])) },
);

/** The offsets of ext4's magic number, of its UUID and of the end of the UUID. */
const [magicAt, uuidAt, end] = [0x438, 0x468, 0x478];

function imageOf(name: Machine): Buffer {
  const image = Buffer.alloc(2_048);
  image.set([0x53, 0xef], magicAt);
  image.write(uuids[name], uuidAt, 'hex');
  return image;
}

const isHeader = (image: Buffer, name: Machine): boolean =>
  image.length >= end &&
  image.subarray(magicAt, magicAt + 2).equals(Buffer.from([0x53, 0xef])) &&
  image.subarray(uuidAt, end).equals(Buffer.from(uuids[name], 'hex'));

const flip = fc.record({
  at: fc.oneof(
    fc.constantFrom(magicAt, magicAt + 1, uuidAt, end - 1),
    fc.integer({ min: magicAt - 1, max: magicAt + 2 }),
    fc.integer({ min: uuidAt - 1, max: end }),
    fc.nat(2_047),
  ),
  bit: fc.nat(7),
});
const near = fc
  .record({
    ...{ of: machine, flips: fc.array(flip, { maxLength: 1 }) },
    length: fc.oneof(
      { weight: 4, arbitrary: fc.constant(2_048) },
      { weight: 1, arbitrary: fc.integer({ min: magicAt - 1, max: end + 1 }) },
    ),
  })
  .map(({ of, flips, length }) => {
    const image = imageOf(of);
    for (const { at, bit } of flips) image[at]! ^= 1 << bit;
    return image.subarray(0, length);
  });

export const certificateImages = target({
  ...{
    name: 'certificate-images',
    parses: 'readImage of libs/pki: whether a file is the image of the certificates of a machine',
    rejection: { reasons: ['ALREADY_EXISTS'] },
  },
  input: fc.record({
    name: machine,
    image: fc.oneof(
      { weight: 4, arbitrary: near },
      { weight: 1, arbitrary: bytesLike([imageOf('net-vm')], ['\x53\xef']) },
    ),
    force: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  }),
  parse: ({ name, image, force }) =>
    withFolder((folder) => {
      const path = join(folder, 'image');
      assert.equal(readImage(path, { name, force }), undefined, 'an image is there before it is written');
      writeFileSync(path, image);
      try {
        return readImage(path, { name, force });
      } catch (error) {
        assert(!force && !isHeader(image, name), 'an image of this machine is rejected');
        throw error;
      }
    }),
  accepted: (found, { name, image, force }) => {
    assert(force || isHeader(image, name), 'the file that would be replaced is not an image of this machine');
    assert.deepEqual(found, image);
  },
});
