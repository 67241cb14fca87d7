import type { Check } from '../facts.ts';

/** With `--all`: a key that two environments have in common can't be taken from one of them alone. */
export const sharedKeys: Check = ({ environments }) => {
  const owners = new Map<string, { readonly last4: string; readonly names: Set<string> }>();
  for (const { name, links } of environments) {
    for (const { answer } of links) {
      if (answer.outcome !== 'key') continue;
      const { key } = answer;
      const owner = owners.get(key.reveal()) ?? { last4: key.last4, names: new Set() };
      owner.names.add(name);
      owners.set(key.reveal(), owner);
    }
  }
  return [...owners.values()]
    .filter(({ names }) => names.size > 1)
    .map(({ last4, names }) => ({
      id: 'key-shared',
      level: 'warning',
      title: `${[...names].join(' and ')} have the same key (…${last4})`,
      fix: 'Make a key for each environment in the Magic Hour Developer Hub, so that one can be revoked without the others.',
    }));
};
