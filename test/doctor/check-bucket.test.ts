import t from 'tap'
import { checkBucket } from '../../src/doctor/check-bucket.ts'
import type { ProbeReply, ProbeRequest } from '../../src/store/store-probe.ts'
import { fakeProbe } from '../support/fake-probe.ts'
import { MemoryStore } from '../support/memory-store.ts'

const { signal } = new AbortController()
const source = { bucket: 'videos', variable: 'POSTERFRAME_SOURCE_BUCKETS', sourcePrefix: '', outputPrefix: undefined }
const output = { bucket: 'out', variable: 'POSTERFRAME_OUTPUT_BUCKET', sourcePrefix: undefined, outputPrefix: 'p/' }

/** Checks a bucket whose store answers as `answer` says. */
async function check (
  answer: (request: ProbeRequest, paysRequest: boolean) => Partial<ProbeReply>,
  use: Parameters<typeof checkBucket>[0] = source
) {
  const store = new MemoryStore()
  for (const [bucket, key] of [['videos', 'a.mp4'], ['out', 'p/posterframe-doctor.txt']] as const) {
    await store.put({ bucket, key }, Buffer.from('x'.repeat(100)), { contentType: 'video/mp4', metadata: {} })
  }
  const probe = fakeProbe(answer)
  const checks = await checkBucket(use, undefined, { store, probe, region: 'us-east-1', signal })
  return { checks, store, requests: probe.requests }
}

t.test('reads the first object of the listing, or asks for one that does not exist', async (t) => {
  const objects = [{ key: 'folder/', bytes: 0 }, { key: 'a.mp4', bytes: 100 }]
  const { checks } = await check(({ operation }) => (operation === 'list' ? { objects } : {}))
  t.match(checks, [{ status: 'ok' }, { status: 'ok' }, { name: 'bucket videos: get', detail: /16 bytes of 'a\.mp4'/ }])
  const empty = await check(({ operation }) => (operation === 'get' ? { status: 404, code: 'NoSuchKey' } : {}))
  t.match(empty.checks[2], { status: 'ok', detail: /none to try it with/ })
  const denied = await check(({ operation }) => (operation === 'get' ? { status: 403, code: 'AccessDenied' } : {}))
  t.match(denied.checks[2], { status: 'fail', nextStep: /^Allow s3:GetObject on arn:aws:s3:::videos\/\*/ })
  const hidden = await check(({ operation }) => (operation === 'get' || operation === 'list' ? { status: 403 } : {}))
  t.match(hidden.checks, [{ status: 'ok' }, { status: 'fail' }, { status: 'warn', nextStep: /s3:ListBucket/ }])
})

t.test('writes one key under the output prefix and says so', async (t) => {
  const { checks, requests } = await check(() => ({}), output)
  t.match(checks, [
    { status: 'ok' },
    { status: 'ok' },
    { name: 'bucket out: put', status: 'ok', detail: /'p\/posterframe-doctor\.txt' was written, \d+ bytes, and stays/ },
    { name: 'bucket out: get output', status: 'ok' }
  ])
  t.strictSame(
    requests.filter((request) => request.startsWith('put')),
    ['put out/p/posterframe-doctor.txt']
  )
  const answer = ({ operation }: ProbeRequest) => (operation === 'put' ? { status: 403, code: 'AccessDenied' } : {})
  const denied = await check(answer, output)
  t.match(denied.checks.at(-1), { status: 'fail', nextStep: /^Allow s3:PutObject on arn:aws:s3:::out\/p\/\*/ })
})

t.test('a bucket that cannot be used at all is one check with the reason', async (t) => {
  const cases: Array<[reply: Partial<ProbeReply>, detail: RegExp, nextStep: RegExp]> = [
    [{ status: 404, code: 'NoSuchBucket' }, /no bucket 'videos'/, /^Create it, or correct POSTERFRAME_SOURCE_BUCKETS/],
    [{ status: 301, region: 'eu-west-1' }, /in the region eu-west-1/, /^Set AWS_REGION=eu-west-1\.$/],
    [{ status: 400, code: 'AuthorizationHeaderMalformed' }, /another region/, /^Set AWS_REGION/],
    [{ status: 403, code: 'SignatureDoesNotMatch' }, /another signature/, /AWS_SECRET_ACCESS_KEY/],
    [{ status: 403, code: 'InvalidAccessKeyId' }, /does not know the access key/, /AWS_ACCESS_KEY_ID/],
    [{ status: 400, code: 'ExpiredToken' }, /have expired/, /Get new ones/],
    [{ status: 403, code: 'RequestTimeTooSkewed' }, /time of the signature/, /NTP/],
    [{ status: 400, code: 'InvalidRequest' }, /as invalid \(400 InvalidRequest\)/, /SSE-C/],
    [{ status: 200, headers: { 'content-type': 'text/html' } }, /web page/, /console/]
  ]
  for (const [reply, detail, nextStep] of cases) {
    const { checks, requests } = await check(() => reply)
    t.match(checks, [{ name: 'bucket videos', status: 'fail', detail, nextStep }], reply.code ?? `${reply.status}`)
    t.equal(checks.length, 1)
    t.equal(requests.length, 2, 'further requests would fail in the same way')
  }
})

t.test('finds Requester Pays by offering to pay', async (t) => {
  const { checks } = await check((_request, paysRequest) => (paysRequest ? {} : { status: 403, code: 'AccessDenied' }))
  t.match(checks, [{ status: 'fail', detail: /Requester Pays/ }])
  const denied = await check(() => ({ status: 403, code: 'AccessDenied' }))
  t.match(denied.checks[0], { status: 'fail', nextStep: /^Allow s3:ListBucket on arn:aws:s3:::videos/ })
})

t.test('names an operation that the store does not support, and a store that limits requests', async (t) => {
  const of = async (reply: Partial<ProbeReply>) =>
    (await check(({ operation }) => (operation === 'list' ? reply : {}))).checks[1]
  t.match(await of({ status: 501, code: 'NotImplemented' }), { status: 'fail', detail: /does not support the request/ })
  t.match(await of({ status: 503, code: 'SlowDown' }), { status: 'fail', detail: /limits requests \(503 SlowDown\)/ })
  t.match(await of({ status: 500, code: 'InternalError' }), { status: 'fail', detail: /\(500 InternalError\)/ })
})
