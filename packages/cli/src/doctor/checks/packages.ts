import type { Check, DoctorFacts, PackageFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { satisfiesRange } from '../satisfies-range.ts';
import { linksOf } from './links-of.ts';

/** The SDK of the store: there, of a version that is known to work, and made for this Node. */
export const packages: Check = (facts) =>
  linksOf(facts).flatMap(({ environment, link: { title, packages: found } }) =>
    found
      .map((one) => judgeMissing(one, title, facts) ?? judgeVersion(one, title) ?? judgeNode(one, facts))
      .filter((finding) => finding !== undefined)
      .map((finding) => ({ ...finding, at: 'package.json', environment: environment.name })),
  );

function judgeMissing(
  { name, range, isNeeded, version }: PackageFacts,
  title: string,
  { project }: DoctorFacts,
): Finding | undefined {
  if (version !== undefined || !isNeeded) return undefined;
  const what = `${name}, which ${title} needs, is not installed`;
  const install = installCommand(name, range);
  return project.manifest?.isWorkspace === true
    ? {
        id: 'sdk-missing-here',
        level: 'note',
        title: `${what} in this folder of the workspace`,
        fix: `Run mhk doctor in the folder of the application; or run:\n${install}`,
      }
    : { id: 'sdk-missing', level: 'error', title: what, fix: install };
}

function judgeVersion({ name, range, version = '' }: PackageFacts, title: string): Finding | undefined {
  if (satisfiesRange(version, range) !== false) return undefined;
  return {
    id: 'sdk-version',
    level: 'error',
    title: `${name} ${version} is installed, and ${range} is what works with ${title}`,
    fix: installCommand(name, range),
  };
}

function judgeNode(
  { name, version = '', node = '*' }: PackageFacts,
  { nodeVersion }: DoctorFacts,
): Finding | undefined {
  if (satisfiesRange(nodeVersion, node) !== false) return undefined;
  return {
    id: 'sdk-node-version',
    level: 'warning',
    title: `${name} ${version} asks for Node ${node}, and this is Node ${nodeVersion}`,
    fix: `Use a Node of ${node}, or install a version of ${name} that was made for Node ${nodeVersion.split('.')[0]}.`,
  };
}

function installCommand(name: string, range: string): string {
  return `npm install ${quoteForShell(`${name}@${range}`)}`;
}

/** A range of two parts holds `|` and blanks, which shells take for their own. */
function quoteForShell(text: string): string {
  return /^[\w@/.^~-]+$/.test(text) ? text : `"${text}"`;
}
