// What users of CommonJS write. Its `require` of an ES module is known to compilers from 5.8 on.
import { createFetch } from '@magic-hour-keys/http';
import config = require('@magic-hour-keys/config');

const provider = config.loadKeyProvider({ environment: 'production' });
const send: typeof fetch = createFetch(provider);

export = { send };
