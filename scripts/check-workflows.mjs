// How workflows have to be: whoever can change an action, a pull request or a branch must not thereby get to a token of
// ours. Each fault names the file and what to write instead.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { finish, listFiles, rootFromArguments, shown } from './lib/workspace.mjs';

/** `actions/checkout@<40 hex digits> # v7.0.1`: a tag can be moved, a commit can't. */
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
/** They run with the rights of the main branch, on what somebody else wrote. */
const DANGEROUS_TRIGGERS = ['pull_request_target', 'workflow_run', 'issue_comment'];
/** Who may sign in the name of this repository: to publish with provenance, and to publish the scorecard. */
const MAY_SIGN = new Set(['release.yml publish', 'scorecard.yml scorecard']);

const root = rootFromArguments();
const files = listFiles(join(root, '.github/workflows'), (name) => /\.ya?ml$/.test(name));
const pins = new Map();
const faults = files.flatMap((file) => {
  const text = readFileSync(file, 'utf8');
  const workflow = parse(text);
  const found = [...checkActions(text), ...checkWorkflow(workflow)];
  const name = file.split(/[/\\]/).at(-1);
  const ofJobs = Object.entries(workflow.jobs).flatMap(([job, content]) =>
    checkJob(`${name} ${job}`, content).map((fault) => `job ${job}: ${fault}`),
  );
  return [...found, ...ofJobs].map((fault) => `${shown(root, file)}: ${fault}`);
});
finish(faults, `workflows: ${files.length} files, ${pins.size} actions, each by its commit`);

function checkActions(text) {
  return [...text.matchAll(/^\s*(?:- )?uses: *(.*)$/gm)].flatMap(([, used]) => {
    if (!PINNED.test(used))
      return [`"${used}" is not pinned; write owner/name@<commit> # v1.2.3, the commit in 40 digits`];
    // `github/codeql-action/init` and `/analyze` are one action.
    const action = used.split(/[/@]/).slice(0, 2).join('/');
    const [, pin] = used.split('@');
    const before = pins.get(action) ?? pin;
    pins.set(action, before);
    return before === pin ? [] : [`${action} is ${pin} here, and ${before} elsewhere`];
  });
}

function checkWorkflow({ on, permissions, concurrency }) {
  const triggers = typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(on);
  return [
    ...triggers.filter((name) => DANGEROUS_TRIGGERS.includes(name)).map((name) => `runs on ${name}`),
    ...(permissions !== undefined && Object.keys(permissions).length === 0
      ? []
      : ['write "permissions: {}" at the top, and in each job what it needs']),
    ...(concurrency === undefined ? ['has no concurrency group'] : []),
  ];
}

function checkJob(name, job) {
  const { permissions, steps = [] } = job;
  const rights = typeof permissions === 'object' ? permissions : { all: permissions };
  return [
    ...(permissions === undefined ? ['has no permissions of its own'] : []),
    ...(typeof permissions === 'string' ? [`permissions are "${permissions}"; name each`] : []),
    ...(job['timeout-minutes'] === undefined ? ['has no timeout-minutes'] : []),
    ...(rights['id-token'] === 'write' && !MAY_SIGN.has(name) ? ['may not have id-token: write'] : []),
    ...(rights['id-token'] === 'write' && name.startsWith('release') && job.environment === undefined
      ? ['publishes without an environment, so nobody has to approve']
      : []),
    ...(JSON.stringify(job).includes('secrets.') ? ['uses a secret; there are none'] : []),
    ...steps.flatMap(checkStep),
  ];
}

function checkStep({ uses = '', run = '', with: options = {} }) {
  return [
    // What stands in ${{ }} becomes part of the script before a shell sees it.
    ...(run.includes('${{') ? ['a run has ${{ }} in it; hand the value over in env'] : []),
    ...(uses.startsWith('actions/checkout@') && options['persist-credentials'] !== false
      ? ['a checkout leaves the token in .git/config; write persist-credentials: false']
      : []),
  ];
}
