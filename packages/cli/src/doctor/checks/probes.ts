import type { Check } from '../facts.ts';
import type { Finding } from '../finding.ts';

const HUB = 'the Magic Hour Developer Hub';

/** What the Magic Hour API says of the keys, with `--probe`. */
export const probes: Check = (facts) =>
  facts.probes.flatMap(({ environment, last4, result: { verdict, detail } }): readonly Finding[] => {
    switch (verdict) {
      case 'good':
        return [];
      case 'bad':
        return [
          {
            id: 'key-refused',
            level: 'error',
            title: `Magic Hour refuses the key …${last4}`,
            fix: `See in ${HUB} whether …${last4} is still listed. If not, make a new key and store it.`,
            environment,
          },
        ];
      case 'unpaid':
        return [
          {
            id: 'key-unpaid',
            level: 'warning',
            title: `Magic Hour knows the key …${last4}, and wants a payment first`,
            fix: 'Buy credits, or choose a plan, at magichour.ai; the key itself is good.',
            environment,
          },
        ];
      case 'inconclusive':
        return [
          {
            id: 'probe-inconclusive',
            level: 'note',
            title: `whether Magic Hour takes the key …${last4} is not known: ${detail}`,
            fix: 'Try again later; check that https://api.magichour.ai can be reached from here.',
            environment,
          },
        ];
    }
  });
