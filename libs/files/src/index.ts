export { makeFolder } from './make-folder.js';
export { NewFile, removeLeftovers, setAside } from './new-file.js';
export { openRegular, sha256Of } from './regular-file.js';
