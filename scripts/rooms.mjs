/** The libraries, each of which uses only those before it; tsconfig.json has their paths. */
export const rooms = [
  'model',
  'time',
  'queue',
  'log',
  'config',
  'files',
  'dbus',
  'programs',
  'systemd',
  'rpc',
  'daemon',
  'access',
  'metrics',
  'pki',
  'client',
  'testing',
];
