import { invalid, quoted } from '@givc/model';

/** Throws INVALID_ARGUMENT that names `field` unless `value` is an http or https URL without a user or password, which would be in every log. */
export function parseWebUrl(field: string, value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw invalid(field, `invalid URL ${quoted(value)}: expected http or https`);
  if (url.username !== '' || url.password !== '') throw invalid(field, 'a URL must not have a user or a password');
  return url;
}
