import t from 'tap'
import { PosterframeError } from '../../src/errors.ts'
import { createHandleBatch } from '../../src/events/handle-batch.ts'
import type { HandleSourceChange } from '../../src/thumbnails/use-cases/handle-source-change.ts'
import type { MakeThumbnail } from '../../src/thumbnails/thumbnail.ts'
import { fakeThumbnail } from '../support/fake-services.ts'
import { buildContext } from '../support/lambda-events.ts'

const key = 'a+b %2B, ü.mp4'
const source = { bucket: 'videos', key }
const ENCODED = ['a%2Bb+%252B%2C+%C3%BC.mp4', 'a%2Bb%20%252B%2C%20%C3%BC.mp4']

/** Jobs of S3 Batch Operations in both versions of the schema, as AWS documents them. */
const JOBS = {
  '1.0': (s3Key: string) => ({
    invocationSchemaVersion: '1.0',
    invocationId: 'YXNkbGZqYWRmaiBhc2RmdW9hZHNmZGpmaGFzbGtkaGZza2RmaAo',
    job: { id: 'f3cc4f60-61f6-4a2b-8a21-d07600c373ce' },
    tasks: [
      { taskId: 'dGFza2lkZ29lc2hlcmUK', s3Key, s3VersionId: '1', s3BucketArn: 'arn:aws:s3:us-east-1:0123456788:videos' }
    ]
  }),
  '2.0': (s3Key: string, userArguments?: Record<string, string>) => ({
    invocationSchemaVersion: '2.0',
    invocationId: 'YXNkbGZqYWRmaiBhc2RmdW9hZHNmZGpmaGFzbGtkaGZza2RmaAo',
    job: { id: 'f3cc4f60-61f6-4a2b-8a21-d07600c373ce', userArguments: userArguments ?? null },
    tasks: [{ taskId: 'dGFza2lkZ29lc2hlcmUK', s3Key, s3VersionId: null, s3Bucket: 'videos' }]
  })
}

function start (fail: unknown = undefined) {
  const changes: unknown[] = []
  const requests: Array<Parameters<MakeThumbnail>[0]> = []
  const lines: unknown[] = []
  const handleSourceChange: HandleSourceChange = async (change) => {
    changes.push(change)
    if (fail instanceof PosterframeError && !fail.retryable) {
      return {
        kind: 'made',
        completions: [
          {
            name: 'poster',
            source,
            record: { bucket: 'thumbnails', key: 'record' },
            problem: { code: fail.code, detail: fail.message }
          }
        ]
      }
    }
    if (fail !== undefined) throw fail as Error
    return change.key === 'skip'
      ? { kind: 'skipped', reason: 'not a video' }
      : {
          kind: 'made',
          completions: [
            { name: 'poster', source, alias: { bucket: 'thumbnails', key: 'alias.jpg' }, thumbnail: fakeThumbnail }
          ]
        }
  }
  const makeThumbnail: MakeThumbnail = async (request) => {
    requests.push(request)
    if (fail !== undefined) throw fail as Error
    return { thumbnail: fakeThumbnail, urlSeconds: 3600, stepTimes: {} }
  }
  const handle = createHandleBatch({
    handleSourceChange,
    makeThumbnail,
    presets: new Map([['card', { width: 320 }]]),
    defaultBucket: 'videos',
    timeoutMs: 25_000,
    log: (...line) => {
      lines.push(line)
    }
  })
  return { handle: (event: unknown) => handle(event, buildContext()), changes, requests, lines }
}

t.test('a job without arguments handles each object as an event of it, in both versions of the schema', async (t) => {
  for (const [version, build] of Object.entries(JOBS)) {
    for (const encoded of ENCODED) {
      const { handle, changes } = start()
      t.same(await handle(build(encoded)), {
        invocationSchemaVersion: version,
        treatMissingKeysAs: 'PermanentFailure',
        invocationId: 'YXNkbGZqYWRmaiBhc2RmdW9hZHNmZGpmaGFzbGtkaGZza2RmaAo',
        results: [{ taskId: 'dGFza2lkZ29lc2hlcmUK', resultCode: 'Succeeded', resultString: 'alias.jpg' }]
      })
      t.same(changes, [{ kind: 'created', ...source }])
    }
    t.match(await start().handle(build('skip')), {
      results: [{ resultCode: 'Succeeded', resultString: 'skipped: not a video' }]
    })
  }
})

t.test('a job with options as arguments makes one thumbnail of each object', async (t) => {
  const { handle, requests } = start()
  t.match(await handle(JOBS['2.0'](ENCODED[0]!, { timestamp: '50%', width: '320', preset: 'card' })), {
    results: [{ resultCode: 'Succeeded', resultString: fakeThumbnail.key }]
  })
  t.match(requests, [
    { source: { kind: 'stored', ...source }, options: { timestamp: { kind: 'fraction', fraction: 0.5 }, width: 320 } }
  ])
  t.match(await handle(JOBS['2.0']('a', { colour: 'red' })), {
    results: [{ resultCode: 'PermanentFailure', resultString: /^invalid_request: 'colour'/ }]
  })
})

t.test('reports permanent and temporary failures', async (t) => {
  const cases: Array<[error: unknown, code: string, result: RegExp]> = [
    [new PosterframeError('corrupt_video'), 'PermanentFailure', /^corrupt_video: The video is damaged/],
    [new PosterframeError('store_unavailable'), 'TemporaryFailure', /^store_unavailable: /],
    [new TypeError('secret'), 'TemporaryFailure', /^internal_error: see the log$/]
  ]
  for (const [error, resultCode, resultString] of cases) {
    for (const job of [JOBS['1.0']('a'), JOBS['2.0']('a', { width: '320' })]) {
      const { handle, lines } = start(error)
      t.match(await handle(job), { results: [{ resultCode, resultString }] })
      t.equal(lines.length, 1)
    }
  }
  t.match(await start().handle(JOBS['1.0']('%zz')), {
    results: [{ resultCode: 'PermanentFailure', resultString: /^invalid_request/ }]
  })
})

t.test('a task of Step Functions returns the response of the POST', async (t) => {
  const { handle, requests } = start()
  t.same(await handle({ key, timestamp: '1.5s', preset: 'card' }), fakeThumbnail)
  await handle({ bucket: 'other', key, regenerate: true })
  t.match(requests, [
    { source, options: { timestamp: { micros: 1_500_000 }, width: 320, regenerate: false } },
    { source: { bucket: 'other' }, options: { regenerate: true } }
  ])
})

t.test('a task that fails throws an error whose name is the code', async (t) => {
  await t.rejects(
    start(new PosterframeError('timestamp_out_of_range', { detail: 'The video ends at 20 s.' })).handle({ key }),
    { name: 'timestamp_out_of_range', message: 'The video ends at 20 s.' }
  )
  await t.rejects(start(new TypeError('a bug')).handle({ key }), { name: 'internal_error', message: /unexpectedly/ })
  for (const event of [{}, { key, colour: 'red' }, { key, width: '640' }, null, 'text', { key, timestamp: 'soon' }]) {
    await t.rejects(start().handle(event), { name: /^invalid_(request|timestamp)$/ }, JSON.stringify(event))
  }
})
