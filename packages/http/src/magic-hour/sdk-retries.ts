import type { SdkRequestOptions, SdkRetries } from './sdk-core.ts';

/** What the SDK calls every 4xx. */
const ALL_4XX = 4;
const ALL_4XX_BUT_401: readonly number[] = Array.from({ length: 100 }, (_, index) => 400 + index).filter(
  (status) => status !== 401,
);

/**
 * The options of a call without the SDK's own retries of a 401: they would send the refused key again and again.
 *
 * @param base what holds for the whole client.
 */
export function leaveOut401(
  options: SdkRequestOptions | undefined,
  base: SdkRetries | undefined,
): SdkRequestOptions | undefined {
  const statusCodes = options?.retries?.statusCodes ?? base?.statusCodes;
  if (!statusCodes?.some((status) => status === ALL_4XX || status === 401)) return options;
  const others = statusCodes.flatMap((status) => (status === ALL_4XX ? ALL_4XX_BUT_401 : status));
  const retries = { ...options?.retries, statusCodes: others.filter((status) => status !== 401) };
  return { ...options, retries };
}
