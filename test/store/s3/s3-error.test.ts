import { S3ServiceException } from '@aws-sdk/client-s3'
import t from 'tap'
import { PosterframeError } from '../../../src/errors.ts'
import { BodyLengthError } from '../../../src/store/guarded-body.ts'
import { blameBucket, toStoreError } from '../../../src/store/s3/s3-error.ts'

const subject = { bucket: 'videos', key: 'a.mp4' }
const fail = (name: string, httpStatusCode: number) =>
  new S3ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode } })

t.test('maps what S3 responds, and names neither bucket nor key in the detail', async (t) => {
  for (const [error, code, problem] of [
    [fail('NoSuchKey', 404), 'source_not_found', 'no_object'],
    [fail('NotFound', 404), 'source_not_found', 'no_object'],
    [fail('NoSuchBucket', 404), 'source_not_found', 'no_bucket'],
    [fail('AccessDenied', 403), 'store_forbidden', 'denied'],
    [fail('InvalidObjectState', 403), 'source_archived', 'archived'],
    [fail('PreconditionFailed', 412), 'source_changed', 'changed']
  ] as const) {
    const mapped = toStoreError(error, { subject })
    t.match(mapped, { code, problem, subject, cause: error }, error.name)
    t.notMatch(mapped.message, /videos|a\.mp4/)
  }
  for (const [name, status, code, retryable] of [
    ['SlowDown', 503, 'store_unavailable', true],
    ['TooManyRequests', 429, 'store_unavailable', true],
    ['ExpiredToken', 400, 'store_unavailable', true],
    ['RequestTimeTooSkewed', 403, 'store_unavailable', true],
    ['RequestTimeout', 400, 'store_unavailable', true],
    ['OperationAborted', 409, 'store_unavailable', true],
    ['TemporaryRedirect', 307, 'store_unavailable', true],
    ['Unknown', 400, 'store_unavailable', true],
    ['PermanentRedirect', 301, 'store_rejected', false],
    ['Unknown', 301, 'store_rejected', false],
    ['AuthorizationHeaderMalformed', 400, 'store_rejected', false],
    ['InvalidRequest', 400, 'store_rejected', false],
    ['SignatureDoesNotMatch', 403, 'store_rejected', false],
    ['InvalidAccessKeyId', 403, 'store_rejected', false],
    ['InvalidToken', 400, 'store_rejected', false],
    ['NotImplemented', 501, 'store_rejected', false],
    ['KeyTooLongError', 400, 'invalid_request', false]
  ] as const) {
    const error = fail(name, status)
    t.match(toStoreError(error, { subject }), { code, retryable, cause: error }, `${status} ${name}`)
  }
  t.match(blameBucket(toStoreError(fail('NoSuchBucket', 404), { subject })), { code: 'store_unavailable' })
})

t.test('maps errors of the connection and of the SDK', async (t) => {
  for (const [properties, code] of [
    [{ code: 'ECONNREFUSED' }, 'store_unavailable'],
    [{ code: 'ENOTFOUND' }, 'store_unavailable'],
    [{ code: 'EAI_AGAIN' }, 'store_unavailable'],
    // The machine, and not the store.
    [{ code: 'EMFILE' }, 'overloaded'],
    [{ code: 'HPE_INVALID_CONSTANT' }, 'store_unavailable'],
    [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'store_unavailable'],
    [{ code: 'ERR_STREAM_PREMATURE_CLOSE' }, 'store_unavailable'],
    [{ name: 'TimeoutError' }, 'store_unavailable'],
    [{ name: 'CredentialsProviderError' }, 'store_forbidden'],
    // A response that is not one of S3, such as the page of a captive portal.
    [{ $response: { statusCode: 200 } }, 'store_unavailable']
  ] as const) {
    const error = Object.assign(new Error('failed'), properties)
    t.match(toStoreError(error, { subject }), { code }, JSON.stringify(properties))
  }
  t.match(toStoreError(new BodyLengthError('3 bytes are missing'), { subject }), { code: 'store_unavailable' })
  t.match(toStoreError(new Error('Region is missing'), { subject }), { code: 'store_unavailable', detail: /AWS_REGION/ })
})

t.test('returns a bug as it is, also one that the SDK has counted the attempts of', async (t) => {
  for (const BugError of [TypeError, ReferenceError, RangeError]) {
    for (const properties of [{}, { $metadata: { attempts: 1 } }, { code: 'ERR_INVALID_ARG_TYPE' }]) {
      const bug = Object.assign(new BugError('Promise.withResolvers is not a function'), properties)
      t.equal(toStoreError(bug, { subject }), bug)
      t.equal(blameBucket(toStoreError(bug, { subject })), bug)
    }
  }
  t.notOk(toStoreError('a text', { subject }) instanceof PosterframeError)
})
