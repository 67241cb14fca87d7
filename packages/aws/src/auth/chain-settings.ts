/**
 * Read by the SDK's chain of logins. It keeps `~/.aws` in memory for the life of the process otherwise, so that
 * credentials which were renewed there are never seen.
 */
export const CHAIN_SETTINGS = { ignoreCache: true } as const;

/**
 * For the endpoint of ECS tasks and EKS pods. With a time-out of its own, the SDK writes a warning to the console and
 * waits on; the deadline is core's, and so are the retries. Empty elsewhere: the metadata service of EC2, which the
 * chain asks where no endpoint is set, needs its time-out to be passed over.
 */
export function containerSettings(): { readonly timeout?: number; readonly maxRetries?: number } {
  const { env } = process;
  const isContainer =
    env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] ?? env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  return isContainer ? { timeout: 0, maxRetries: 0 } : {};
}
