import { open, rename, rm } from 'node:fs/promises';

/** Replaces the file as a whole and for good: after a power cut there is the old one or the new one. */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const beside = `${path}.new`;
  try {
    const handle = await open(beside, 'w', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
