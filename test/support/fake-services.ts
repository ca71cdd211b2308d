// Fake services of the HTTP layer: use cases that respond at once, and scratch in a directory.
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PosterframeError } from '../../src/errors.ts'
import { createJobs } from '../../src/jobs/create-jobs.ts'
import type { Jobs } from '../../src/jobs/job.ts'
import { openJobRecords } from '../../src/jobs/stored-job.ts'
import { createSemaphore } from '../../src/limits/semaphore.ts'
import type { SourceDescription } from '../../src/thumbnails/use-cases/describe-source.ts'
import type { BatchRequest } from '../../src/thumbnails/use-cases/make-batch.ts'
import type { Preview } from '../../src/thumbnails/preview.ts'
import type { PreviewOptions } from '../../src/options/preview-options.ts'
import type { Storyboard } from '../../src/thumbnails/storyboard.ts'
import type { StoryboardOptions } from '../../src/options/storyboard-options.ts'
import type { Thumbnail, ThumbnailRequest } from '../../src/thumbnails/thumbnail.ts'
import { MemoryStore } from './memory-store.ts'
import type { AppServices, AppSettings } from '../../src/http/services.ts'

export const fakeThumbnail: Thumbnail = {
  url: 'https://store.example/thumbnails/a.jpg?X-Amz-Signature=0123456789abcdef',
  expiresAt: '2126-11-23T12:00:00Z',
  bucket: 'thumbnails',
  key: 'thumbnails/videos/a.mp4/0f.jpg',
  contentType: 'image/jpeg',
  width: 640,
  height: 360,
  bytes: 41_234,
  timestamp: 12.479,
  keyFrame: false,
  cached: false,
  placeholder: 'XggGDYAId4iHeHiHh3iIeICGCGg=',
  source: {
    bucket: 'videos',
    key: 'videos/a.mp4',
    etag: 'abc',
    bytes: 1977,
    duration: 600.02,
    container: 'mp4',
    codec: 'h264',
    width: 1920,
    height: 1080,
    rotation: 0,
    hdr: false
  },
  work: { mode: 'full', bytesRead: 1977, requests: 2, packetsDecoded: 1 },
  warnings: []
}

export const fakeVideo: SourceDescription = {
  bucket: 'videos',
  key: 'videos/a.mp4',
  etag: 'abc',
  bytes: 1977,
  duration: 600.02,
  container: 'mp4',
  codec: 'h264',
  width: 1920,
  height: 1080,
  rotation: 0,
  hdr: null,
  frameRate: 29.97,
  keyFrameInterval: null,
  tracks: [
    { kind: 'video', codec: 'h264', duration: 600, language: null, width: 1920, height: 1080 },
    { kind: 'audio', codec: 'aac', duration: 600.02, language: 'eng', sampleRate: 48_000, channels: 2 }
  ],
  work: { mode: 'index', bytesRead: 1977, requests: 1 }
}

const fakeUrl = (name: string) => ({
  url: `https://store.example/thumbnails/a/${name}?X-Amz-Signature=0`,
  key: `thumbnails/a/${name}`
})

export const fakePreview: Preview = {
  ...fakeUrl('preview.webp'),
  expiresAt: '2126-11-23T12:00:00Z',
  bucket: 'thumbnails',
  contentType: 'image/webp',
  bytes: 123_456,
  width: 320,
  height: 180,
  frames: 24,
  framesPerSecond: 8,
  moments: [1, 20, 42.5],
  quality: 60,
  cached: false,
  work: { mode: 'ranged', bytesRead: 1977, requests: 4, packetsDecoded: 90 },
  warnings: []
}

export const fakeStoryboard: Storyboard = {
  bucket: 'thumbnails',
  expiresAt: '2126-11-23T12:00:00Z',
  sheets: [{ ...fakeUrl('sheet-1.jpg'), width: 320, height: 90 }],
  vtt: fakeUrl('signed-3600.vtt'),
  manifest: fakeUrl('storyboard.json'),
  tiles: [
    { timestamp: 0, sheet: 0, x: 0, y: 0, width: 160, height: 90 },
    { timestamp: 5.005, sheet: 0, x: 160, y: 0, width: 160, height: 90 }
  ],
  tileWidth: 160,
  tileHeight: 90,
  duration: 9.9,
  cached: false,
  work: { mode: 'ranged', bytesRead: 1977, requests: 3, packetsDecoded: 2 },
  warnings: []
}

export const fakeSettings: AppSettings = {
  defaultBucket: 'videos',
  maxUploadBytes: 1024 * 1024,
  timeoutMs: 60_000,
  logLevel: 'silent',
  onLambda: false,
  version: '0.0.0'
}

export interface FakeServices extends AppServices {
  /** Requests that reached the use case, in order. */
  readonly requests: ThumbnailRequest[]
  readonly batches: BatchRequest[]
  readonly previews: Array<{ readonly source: ThumbnailRequest['source'], readonly options: PreviewOptions }>
  readonly boards: Array<{ readonly source: ThumbnailRequest['source'], readonly options: StoryboardOptions }>
}

/** Creates fake services. Scratch directories are made in `root`; without it an upload fails. */
export function createFakeServices (root = '/nowhere', services: Partial<AppServices> = {}): FakeServices {
  const requests: ThumbnailRequest[] = []
  const batches: FakeServices['batches'] = []
  const previews: FakeServices['previews'] = []
  const boards: FakeServices['boards'] = []
  return {
    requests,
    batches,
    previews,
    boards,
    makeBatch: async (request) => {
      batches.push(request)
      const thumbnails = request.items.map((item) =>
        item instanceof PosterframeError ? item : { ...fakeThumbnail, width: item.width ?? 640 }
      )
      return {
        batch: { thumbnails, work: { bytesRead: 1977, requests: 2, packetsDecoded: 1 } },
        stepTimes: { decode: 40 }
      }
    },
    makePreview: async (request) => {
      previews.push(request)
      return { preview: fakePreview, stepTimes: { encode: 90 } }
    },
    makeStoryboard: async (request) => {
      boards.push(request)
      return { storyboard: fakeStoryboard, stepTimes: { decode: 400 } }
    },
    makeThumbnail: async (request) => {
      requests.push(request)
      return { thumbnail: fakeThumbnail, urlSeconds: 3600, stepTimes: { fetch: 1.25, decode: 40 } }
    },
    jobs: createFakeJobs(),
    uploads: {
      start: async ({ bytes: maxBytes }) => ({
        bucket: 'videos',
        key: 'uploads/0/a.mp4',
        method: 'post' as const,
        url: 'https://store.example/videos',
        fields: {},
        maxBytes,
        expiresAt: '2126-11-23T12:00:00Z'
      }),
      signParts: async () => [],
      listParts: async () => ({
        bucket: 'videos',
        key: 'uploads/0/a.mp4',
        partBytes: 1,
        partCount: 1,
        maxBytes: 1,
        expiresAt: '2126-11-23T12:00:00Z',
        parts: []
      }),
      complete: async () => ({ bucket: 'videos', key: 'uploads/0/a.mp4', bytes: 1, etag: 'abc' }),
      abort: async () => {}
    },
    describeSource: async (_source, { isKnown }) => ({
      etag: fakeVideo.etag,
      video: isKnown(fakeVideo.etag) ? undefined : fakeVideo,
      stepTimes: { index: 3 }
    }),
    scratch: {
      reserveSpace: async () => {},
      withDirectory: async (task) => {
        const directory = await mkdtemp(join(root, 'request-'))
        try {
          return await task(directory)
        } finally {
          await rm(directory, { recursive: true })
        }
      }
    },
    checkReadiness: async () => ({ ready: true, checks: { store: { ok: true } } }),
    ...services
  }
}

/** Creates jobs with their states in memory. Calls with one store act as the processes of a fleet. */
export function createFakeJobs (store = new MemoryStore(), { maxJobs = 2 } = {}): Jobs {
  return createJobs({
    records: openJobRecords({ store, bucket: 'thumbnails', prefix: 'thumbnails/' }),
    slots: createSemaphore({ slots: 1, queue: maxJobs }),
    maxJobs,
    timeoutMs: 60_000
  })
}
