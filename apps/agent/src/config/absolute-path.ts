import * as z from 'zod/mini';
import { parsed } from '@givc/config';
import { invalid } from '@givc/model';

export const absolutePath = parsed(z.string(), (field, value) => {
  if (!value.startsWith('/') || value.includes('\0')) throw invalid(field, 'an absolute path is needed');
  return value;
});
