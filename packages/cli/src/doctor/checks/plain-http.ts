import { isLoopbackHost } from '@magic-hour-keys/core/node';
import type { Check } from '../facts.ts';
import { linksOf } from './links-of.ts';

/** A store that is asked without TLS: login and key can be read on the way. */
export const plainHttp: Check = (facts) =>
  linksOf(facts).flatMap(({ environment, link: { name, location, title, endpoint } }) => {
    if (endpoint?.protocol !== 'http:' || isLoopbackHost(endpoint.hostname)) return [];
    return [
      {
        id: 'store-without-tls',
        level: 'error',
        title: `${title} at ${endpoint.host} is asked by http: login and key can be read on the way`,
        fix: `Let ${endpoint.host} answer by https, and write https:// in the address (VAULT_ADDR, or the option).`,
        at: `${name} (${location})`,
        environment: environment.name,
      },
    ];
  });
