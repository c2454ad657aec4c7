import { existsSync } from 'node:fs';
import { Lab } from './lab.js';
import { labFolder, machineNames } from './plan.js';

let known: Promise<Lab> | undefined;

/**
 * The one lab of a test run: started by whoever asks first, given whole to everybody after. It ends with the
 * namespaces that the run is in.
 */
export function sharedLab(): Promise<Lab> {
  known ??= existsSync(labFolder) ? attach() : Lab.start();
  return known;
}

async function attach(): Promise<Lab> {
  const lab = Lab.attach();
  await lab.registered(machineNames.filter((name) => name !== 'admin-vm'));
  return lab;
}
