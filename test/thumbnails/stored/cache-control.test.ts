import t from 'tap'
import { PosterframeError } from '../../../src/errors.ts'
import { completePreviewOptions } from '../../../src/options/preview-options.ts'
import { writeFailure } from '../../../src/thumbnails/stored/stored-failure.ts'
import { putPreview } from '../../../src/thumbnails/stored/stored-preview.ts'
import { openStoryboardFolder } from '../../../src/thumbnails/stored/stored-storyboard.ts'
import { putImage } from '../../../src/thumbnails/stored/stored-thumbnail.ts'
import { MemoryStore } from '../../support/memory-store.ts'

const { signal } = new AbortController()
const bytes = Buffer.from('picture')
const info = { duration: 1, container: 'mp4', codec: 'h264', width: 2, height: 2, rotation: 0, hdr: false }
const manifest = { version: 1, sheets: [], tiles: [], tileWidth: 2, tileHeight: 2, duration: 1, warnings: [] } as const

t.test('lets caches keep immutable objects forever, and nothing else', async (t) => {
  const store = new MemoryStore()
  const address = (key: string) => ({ bucket: 'out', key })
  await putImage(
    store,
    address('thumbnail'),
    {
      image: { data: bytes, width: 2, height: 2, contentType: 'image/jpeg', placeholder: '', warnings: [] },
      frame: {
        picture: { data: bytes, width: 2, height: 2, channels: 3 },
        timestampMicros: 0,
        isKey: true,
        source: info,
        warnings: [],
        packetsDecoded: 1,
        mode: 'ranged'
      },
      source: {
        source: { kind: 'upload', path: '', bytes: 1, sha256: '0' },
        identity: { sha256: '0' },
        etag: '0',
        bytes: 1
      }
    },
    signal
  )
  await putPreview(
    store,
    address('preview'),
    { data: bytes, contentType: 'image/webp' },
    { ...completePreviewOptions({}), height: 2, frames: 1, moments: [0], warnings: [] },
    signal
  )
  const folder = openStoryboardFolder(store, address('storyboard/'))
  await folder.putSheet('sheet-1.jpg', { data: bytes, contentType: 'image/jpeg' }, signal)
  await folder.finish(manifest, signal)
  await folder.putSignedVtt(manifest, [], 60, signal)
  await writeFailure(store, address('failure'), new PosterframeError('no_video_track'), signal)
  const IMMUTABLE = 'public, max-age=31536000, immutable'
  t.same(Object.fromEntries([...store.objects].map(([name, { cacheControl }]) => [name, cacheControl])), {
    'out/thumbnail': IMMUTABLE,
    'out/preview': IMMUTABLE,
    'out/storyboard/sheet-1.jpg': IMMUTABLE,
    'out/storyboard/storyboard.vtt': IMMUTABLE,
    'out/storyboard/storyboard.json': IMMUTABLE,
    'out/storyboard/signed-60.vtt': 'private, no-cache',
    'out/failure': 'no-store'
  })
})
