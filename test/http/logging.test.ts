import t from 'tap'
import { PosterframeError } from '../../src/errors.ts'
import { buildContractedApp } from '../support/contracted-app.ts'

type Line = Record<string, unknown>

function collectLog () {
  const lines: string[] = []
  return {
    lines,
    settings: {
      logLevel: 'info' as const,
      logStream: {
        write: (line: string) => {
          lines.push(line)
        }
      }
    }
  }
}

t.test('logs a request with the id that is in the problem document', async (t) => {
  const { lines, settings } = collectLog()
  const { send } = await buildContractedApp(t, {}, settings)
  const problem = (await send({ method: 'GET', url: '/v1/thumbnails' })).json<Line>()
  const log = lines.map((line) => JSON.parse(line) as Line)
  t.match(log[0], {
    msg: 'incoming request',
    req: { method: 'GET', url: '/v1/thumbnails', remoteAddress: '127.0.0.1' }
  })
  t.match(log[1], { code: 'invalid_request', msg: "'key' is missing." })
  t.match(log[2], { msg: 'request completed', res: { statusCode: 400 } })
  t.ok(log.every((line) => line['requestId'] === problem['requestId']))
})

t.test('masks the signatures of presigned URLs in every log line', async (t) => {
  const { lines, settings } = collectLog()
  const presigned =
    'https://s3.example/a?X-Amz-Credential=AKIDSECRET%2F2026&X-Amz-Security-Token=SECRETTOKEN&X-Amz-Signature=SECRETSIG'
  const { send } = await buildContractedApp(
    t,
    {
      makeThumbnail: async () => {
        throw new PosterframeError('store_unavailable', { cause: new Error(`GET ${presigned} failed`) })
      }
    },
    settings
  )
  await send({ method: 'GET', url: '/v1/thumbnails?key=a&signature=SECRETSIG' })
  await send({ method: 'GET', url: '/v1/thumbnails?key=a' })
  await send({ method: 'GET', url: `/v1/thumbnails?key=${encodeURIComponent(presigned)}` })
  const log = lines.join('')
  t.match(log, /GET https:\/\/s3\.example\/a/, 'the cause is there')
  t.match(log, /X-Amz-Signature=\*\*\*/)
  t.notMatch(log, /SECRET/)
  t.ok(
    lines.every((line) => typeof JSON.parse(line) === 'object'),
    'every line is still JSON'
  )
})

t.test('logs the cause of an internal error with its stack', async (t) => {
  const { lines, settings } = collectLog()
  const { send } = await buildContractedApp(
    t,
    {
      makeThumbnail: async () => {
        throw new TypeError('x is undefined')
      }
    },
    settings
  )
  await send({ method: 'GET', url: '/v1/thumbnails?key=a' })
  const line = lines.map((text) => JSON.parse(text) as Line).find(({ level }) => level === 50)
  t.match(line, {
    code: 'internal_error',
    err: { type: 'TypeError', message: 'x is undefined', stack: /logging\.test/ }
  })
})
