import t from 'tap'
import { PosterframeError } from '../../src/errors.ts'
import { type CheckedParts, checkReadiness } from '../../src/runtime/readiness.ts'

const signal = new AbortController().signal
const forbidden = new PosterframeError('store_forbidden')
const unavailable = new PosterframeError('store_unavailable')

/** Checks with a store whose HEAD of a bucket, and GET of an object, reject with these errors. */
function check (
  bucketErrors: Readonly<Record<string, Error>>,
  objectErrors: Readonly<Record<string, Error>> = {},
  sourceBuckets: readonly [string, ...string[]] = ['one', 'two']
) {
  const parts = {
    config: { outputBucket: 'out', outputPrefix: 'thumbnails/', sourceBuckets },
    store: {
      check: async (bucket: string) => {
        if (bucketErrors[bucket] !== undefined) throw bucketErrors[bucket]
      },
      get: async ({ bucket }: { bucket: string }) => {
        throw objectErrors[bucket] ?? new PosterframeError('source_not_found')
      }
    },
    scratch: { check: async () => {}, withDirectory: async (task: (path: string) => unknown) => task('/nowhere') },
    decoder: { description: 'ffmpeg 8', check: async () => {} },
    isolation: { description: 'none' }
  }
  return checkReadiness(parts as unknown as CheckedParts, signal)
}

t.test('is ready if everything works', async (t) => {
  t.strictSame(await check({}), {
    ready: true,
    checks: {
      store: { ok: true },
      scratch: { ok: true },
      decoder: { ok: true, detail: 'ffmpeg 8' },
      isolation: { ok: true, detail: 'none' },
      'source one': { ok: true },
      'source two': { ok: true }
    }
  })
})

t.test('is ready with a policy that allows objects only', async (t) => {
  const all = { out: forbidden, one: forbidden, two: forbidden }
  t.match(await check(all), { ready: true, checks: { store: { ok: true, detail: undefined } } })
  t.match(await check(all, all), {
    ready: true,
    checks: { store: { ok: true, detail: /may not list the bucket 'out'/ }, 'source two': { ok: true } }
  })
})

t.test('is not ready if the store does not know the credentials', async (t) => {
  t.match(await check({ out: forbidden }, { out: unavailable }), { ready: false, checks: { store: { ok: false } } })
})

t.test('names a source bucket that does not work, and is ready if another one does', async (t) => {
  const missing = new PosterframeError('source_not_found', { detail: 'The bucket is missing.' })
  t.match(await check({ two: missing }), {
    ready: true,
    checks: { store: { ok: true }, 'source one': { ok: true }, 'source two': { ok: false, detail: /missing/ } }
  })
  t.match(await check({ one: missing, two: missing }), { ready: false })
  t.match(await check({ one: missing }, {}, ['out', 'one']), { ready: true })
})

t.test('is not ready without the output bucket', async (t) => {
  t.match(await check({ out: unavailable }), { ready: false, checks: { store: { ok: false } } })
})
