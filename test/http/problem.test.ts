import t from 'tap'
import { ERROR_CATALOGUE, type ErrorCode, PosterframeError } from '../../src/errors.ts'
import { describeProblem } from '../../src/http/problem.ts'
import { translateError } from '../../src/http/translate-error.ts'
import { buildContractedApp } from '../support/contracted-app.ts'

const url = '/v1/thumbnails'

t.test(
  'sends every error of the use case with its status and title, and without its private cause',
  async (t) => {
    const otherCodes: ErrorCode[] = [
      'invalid_signature',
      'unauthenticated',
      'rate_limited',
      'not_found',
      'method_not_allowed',
      'invalid_upload_token',
      'upload_not_found',
      'upload_incomplete',
      'job_interrupted'
    ]
    let code: ErrorCode = 'internal_error'
    const { send } = await buildContractedApp(t, {
      makeThumbnail: async () => {
        throw new PosterframeError(code, { cause: new Error('/secret/path'), retryAfterSeconds: 2.5 })
      }
    })
    for (code of Object.keys(ERROR_CATALOGUE) as ErrorCode[]) {
      if (otherCodes.includes(code)) continue
      const { status, title, detail, retryable } = ERROR_CATALOGUE[code]
      const answer = await send({ method: 'POST', url, payload: { key: 'a' } })
      t.equal(answer.statusCode, status, code)
      t.match(answer.headers['content-type'], /^application\/problem\+json\b/, code)
      t.equal(answer.headers['retry-after'], '3', code)
      t.equal(answer.headers['cache-control'], 'no-store', code)
      t.match(answer.json(), {
        type: `urn:posterframe:error:${code}`,
        title,
        status,
        detail,
        code,
        retryable,
        requestId: /^[0-9a-f-]{36}$/
      })
      t.notMatch(answer.body, /secret/, code)
    }
  }
)

t.test('does not let extra members of an error override the standard ones', async (t) => {
  const error = new PosterframeError('scratch_full', {
    detail: 'Full.',
    members: { status: 200, code: 'fine', bytes: 7 }
  })
  t.match(describeProblem(error, 'r1'), {
    status: 503,
    code: 'scratch_full',
    detail: 'Full.',
    bytes: 7,
    requestId: 'r1'
  })
})

t.test('sends a bug as internal_error without details', async (t) => {
  for (const thrown of [new TypeError('x is undefined'), 'a string', undefined, { statusCode: 500 }]) {
    // A bug may throw any value, so the fake throws values that the linter forbids.
    const { send } = await buildContractedApp(t, {
      makeThumbnail: async () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw thrown
      }
    })
    const answer = await send({ method: 'POST', url, payload: { key: 'a' } })
    t.match(answer.json(), { status: 500, code: 'internal_error', detail: ERROR_CATALOGUE.internal_error.detail })
  }
})

t.test('keeps the thrown value as the cause', async (t) => {
  const thrown = new Error('x')
  t.equal(translateError(thrown).cause, thrown)
  t.equal(translateError(null).code, 'internal_error')
})

const json = { 'content-type': 'application/json' }
const bodies: Array<
  [name: string, headers: Record<string, string>, payload: string, status: number, code: string, detail: RegExp]
> = [
  ['JSON that is cut short', json, '{"key":', 400, 'invalid_request', /not valid JSON/],
  ['an empty JSON body', json, '', 400, 'invalid_request', /empty/],
  ['JSON that is null', json, 'null', 400, 'invalid_request', /JSON object/],
  ['JSON that sets a prototype', json, '{"key":"a","__proto__":{"width":640}}', 400, 'invalid_request', /./],
  ['no body at all', {}, '', 400, 'invalid_request', /body is missing/],
  ['plain text', { 'content-type': 'text/plain' }, 'key=a', 415, 'unsupported_content_type', /multipart/],
  [
    'a form of the other kind',
    { 'content-type': 'application/x-www-form-urlencoded' },
    'key=a',
    415,
    'unsupported_content_type',
    /multipart/
  ],
  ['an invalid type', { 'content-type': 'json' }, '{}', 415, 'unsupported_content_type', /multipart/],
  [
    'a JSON body that is too large',
    json,
    JSON.stringify({ key: 'a'.repeat(65_536) }),
    413,
    'upload_too_large',
    /JSON body/
  ],
  [
    'a multipart body without a boundary',
    { 'content-type': 'multipart/form-data' },
    'x',
    400,
    'invalid_request',
    /malformed/
  ]
]

t.test('rejects an invalid body with the reason', async (t) => {
  const { send, services } = await buildContractedApp(t)
  for (const [name, headers, payload, status, code, detail] of bodies) {
    const answer = await send({ method: 'POST', url, headers, payload })
    t.match(answer.json(), { status, code, detail }, name)
    t.equal(answer.statusCode, status, name)
  }
  t.same(services.requests, [])
})

t.test('validates a JSON body for every spelling of its Content-Type', async (t) => {
  const { send } = await buildContractedApp(t)
  for (const type of [
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="utf-8"',
    'APPLICATION/JSON ; x=y'
  ]) {
    const headers = { 'content-type': type }
    t.equal((await send({ method: 'POST', url, headers, payload: '{"key":"a"}' })).statusCode, 201, type)
    t.match(
      (await send({ method: 'POST', url, headers, payload: '{"key":"a","extra":1}' })).json(),
      { parameter: 'extra' },
      type
    )
  }
})
