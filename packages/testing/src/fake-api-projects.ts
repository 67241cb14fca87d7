import { randomUUID } from 'node:crypto';

export type ProjectStatus = 'draft' | 'queued' | 'rendering' | 'complete' | 'error' | 'canceled';
export type ProjectKind = 'image' | 'video' | 'audio' | 'face-detection';

/** What was asked for, and how far it is. */
export interface FakeProject {
  readonly id: string;
  readonly kind: ProjectKind;
  /** As the API names it, such as `AI_IMAGE`. */
  readonly type: string;
  /** How often its state was asked for. */
  polls: number;
}

export interface FakeProjects {
  create(generator: Generator): FakeProject;
  find(kind: string, id: string): FakeProject | undefined;
  delete(project: FakeProject): void;
}

export interface Generator {
  readonly kind: ProjectKind;
  readonly type: string;
  /** Under which name the API tells the cost besides `credits_charged`. */
  readonly cost?: string | undefined;
}

const IMAGE_GENERATORS = [
  'ai-clothes-changer',
  'ai-face-editor',
  'ai-gif-generator',
  'ai-headshot-generator',
  'ai-image-editor',
  'ai-image-generator',
  'ai-image-upscaler',
  'ai-meme-generator',
  'ai-photo-editor',
  'ai-qr-code-generator',
  'face-swap-photo',
  'image-background-remover',
  'photo-colorizer',
];
const VIDEO_GENERATORS = [
  'ai-talking-photo',
  'animation',
  'auto-subtitle-generator',
  'face-swap',
  'image-to-video',
  'lip-sync',
  'text-to-video',
  'video-to-video',
];

/** By the path to which a request for it is sent; those that the SDK knows. */
export const GENERATORS: ReadonlyMap<string, Generator> = new Map([
  ...IMAGE_GENERATORS.map((name) => entry(name, 'image', 'frame_cost')),
  ...VIDEO_GENERATORS.map((name) => entry(name, 'video', 'estimated_frame_cost')),
  entry('ai-voice-generator', 'audio', 'frame_cost'),
  entry('face-detection', 'face-detection'),
]);

export function createProjects(): FakeProjects {
  const projects = new Map<string, FakeProject>();
  return {
    create({ kind, type }) {
      const project = { id: randomUUID(), kind, type, polls: 0 };
      projects.set(`${kind}/${project.id}`, project);
      return project;
    },
    find: (kind, id) => projects.get(`${kind}/${id}`),
    delete: ({ kind, id }) => void projects.delete(`${kind}/${id}`),
  };
}

function entry(name: string, kind: ProjectKind, cost?: string): [string, Generator] {
  return [`/v1/${name}`, { kind, type: name.replaceAll('-', '_').toUpperCase(), cost }];
}
