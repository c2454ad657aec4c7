import { existsSync } from 'node:fs';
import { Lab } from './lab.js';
import { labFolder } from './plan.js';

let known: Promise<Lab> | undefined;

/**
 * The one lab of a test run: started by whoever asks first, and put in order for everybody after, whatever the tests
 * before have left. It ends with the namespaces that the run is in.
 */
export function sharedLab(): Promise<Lab> {
  known ??= existsSync(labFolder) ? attach() : Lab.start();
  return known;
}

async function attach(): Promise<Lab> {
  const lab = Lab.attach();
  await lab.mend();
  return lab;
}
