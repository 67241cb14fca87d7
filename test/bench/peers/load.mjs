/** From here, so that names are found among the peers and not among the workspace's own dependencies. */
export function load(name) {
  return import(name);
}
