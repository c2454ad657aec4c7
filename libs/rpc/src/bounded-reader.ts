import { BinaryReader } from '@bufbuild/protobuf/wire';

/** Tags and lengths in one message: 1,000 units with all that there is about each have less. */
const most = 64 * 1024;

/**
 * A message that is decoded as far as it has at most 65,536 tags and lengths. A field of two bytes may become an object of
 * a hundred, so that the size of a message says little about that of what it becomes.
 */
class BoundedReader extends BinaryReader {
  constructor(bytes: Uint8Array) {
    super(bytes);
    const read = this.uint32.bind(this);
    let count = 0;
    this.uint32 = () => {
      if (++count > most) throw new Error(`more than ${most} fields`);
      return read();
    };
  }
}

type Deserialize = (bytes: Buffer) => unknown;

/** Decodes as `deserialize` does, which is of the generated code, and throws as soon as a message has too many fields. */
export function bounded(deserialize: Deserialize): Deserialize {
  return (bytes) =>
    // Each of them has a byte at least. The generated code takes a reader as well as bytes.
    deserialize(bytes.length <= most ? bytes : (new BoundedReader(bytes) as unknown as Buffer));
}
