// What the HTTP layer stands on, made of nothing: a use case that answers at once and a scratch disk in a directory.
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AppServices, AppSettings } from '../../src/http/app.ts'
import type { Thumbnail, ThumbnailRequest } from '../../src/thumbnails/thumbnail.ts'

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
  source: { bucket: 'videos', key: 'videos/a.mp4', etag: 'abc', bytes: 1977, duration: 600.02, container: 'mp4', codec: 'h264', width: 1920, height: 1080, rotation: 0, hdr: false },
  work: { way: 'general', bytesRead: 1977, requests: 2, packetsDecoded: 1 },
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
  /** Every request that reached the use case, in order. */
  readonly requests: ThumbnailRequest[]
}

/** `root` is where the scratch directories are made; without it an upload fails. */
export function createFakeServices (root = '/nowhere', services: Partial<AppServices> = {}): FakeServices {
  const requests: ThumbnailRequest[] = []
  return {
    requests,
    makeThumbnail: async (request) => {
      requests.push(request)
      return { thumbnail: fakeThumbnail, stepTimes: { fetch: 1.25, decode: 40 } }
    },
    uploads: {
      start: async ({ bytes: maxBytes }) => ({ bucket: 'videos', key: 'uploads/0/a.mp4', url: 'https://store.example/videos', fields: {}, maxBytes, expiresAt: '2126-11-23T12:00:00Z' }),
      signParts: async () => [],
      listParts: async () => ({ bucket: 'videos', key: 'uploads/0/a.mp4', partBytes: 1, partCount: 1, maxBytes: 1, expiresAt: '2126-11-23T12:00:00Z', parts: [] }),
      complete: async () => ({ bucket: 'videos', key: 'uploads/0/a.mp4', bytes: 1, etag: 'abc' }),
      abort: async () => {}
    },
    scratch: {
      ensureRoom: async () => {},
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
