// For `node --import`: notes each file of a package that this process really loads, in the file that MHK_LOADED_FILES
// names. What a resolver would choose is no proof of what ran.
import { register } from 'node:module';
import process from 'node:process';

const { MHK_LOADED_FILES: data } = process.env;
if (data) register('./note-loads-hooks.mjs', { parentURL: import.meta.url, data });
