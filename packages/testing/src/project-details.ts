import type { FakeProject, ProjectStatus } from './fake-api-projects.ts';

/** What every generator costs here. */
export const CREDITS = 5;

const CREATED_AT = '2026-01-01T00:00:00.000Z';

/** How a project of each kind is told, in all the fields that the SDK checks. `file` is there when it is complete. */
export function describeProject(
  { id, kind, type }: FakeProject,
  status: ProjectStatus,
  file: { readonly url: string; readonly expires_at: string } | undefined,
): object {
  const downloads = file ? [file] : [];
  const error = status === 'error' ? { code: 'unknown_error', message: 'The render failed' } : null;
  const shared = {
    id,
    name: null,
    status,
    type,
    created_at: CREATED_AT,
    enabled: true,
    credits_charged: CREDITS,
    error,
  };
  switch (kind) {
    case 'image':
      return { ...shared, downloads, image_count: 1, total_frame_cost: CREDITS };
    case 'video':
      return { ...shared, downloads, download: file ?? null, total_frame_cost: CREDITS, ...LENGTH_AND_SIZE };
    case 'audio':
      return { ...shared, downloads };
    case 'face-detection':
      return {
        id,
        status,
        credits_charged: CREDITS,
        faces: file ? [{ path: `api-assets/${id}/0.png`, url: file.url }] : [],
      };
  }
}

const LENGTH_AND_SIZE = { start_seconds: 0, end_seconds: 5, fps: 30, width: 512, height: 960 };
