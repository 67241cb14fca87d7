import { describePath } from '../../environment-text.ts';
import type { Check } from '../facts.ts';
import { quoteForShell } from '../quote-for-shell.ts';

/** Whoever can write the configuration can send the application to a store of their own. */
export const configWritable: Check = ({ config, io }) => {
  const file = config.file === undefined ? '' : describePath(config.file, io);
  return config.warnings
    .filter(({ code }) => code === 'config_writable_by_others')
    .map(() => ({
      id: 'config-writable-by-others',
      level: 'warning',
      title: `${file} can be changed by every user of this machine`,
      fix: `chmod o-w ${quoteForShell(file)}`,
      at: file,
    }));
};
