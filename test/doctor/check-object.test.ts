import t from 'tap'
import { PosterframeError } from '../../src/errors.ts'
import { checkObject } from '../../src/doctor/check-object.ts'
import type { ProbeReply, ProbeRequest } from '../../src/store/store-probe.ts'
import { fakeProbe } from '../support/fake-probe.ts'
import { MemoryStore } from '../support/memory-store.ts'

const { signal } = new AbortController()
const address = { bucket: 'videos', key: 'a.mp4', variable: 'POSTERFRAME_OUTPUT_BUCKET' }
const FINE = { etag: '"e"', 'content-range': 'bytes 0-15/100', 'content-length': '16' }

t.test('explains why the service cannot read an object', async (t) => {
  const cases: Array<[name: string, pinned: Partial<ProbeReply>, detail: RegExp]> = [
    ['no ETag', { status: 206, headers: { ...FINE, etag: undefined as unknown as string } }, /sends no ETag/],
    ['weak ETag', { status: 412, headers: FINE }, /412 to If-Match/],
    ['no If-Match', { status: 501, code: 'NotImplemented', headers: FINE }, /does not support GET with If-Match \(501/],
    ['no ranges', { status: 200, headers: FINE }, /ignores Range/],
    ['no size', { status: 206, headers: { ...FINE, 'content-range': 'bytes 0-15/*' } }, /Content-Range/],
    ['no length', { status: 206, headers: { etag: '"e"', 'content-range': FINE['content-range'] } }, /Content-Length/],
    ['anything else', { status: 206, headers: FINE }, /cannot be read: The object store failed/]
  ]
  for (const [name, pinned, detail] of cases) {
    const store = new MemoryStore()
    await store.put(address, Buffer.alloc(100), { contentType: 'video/mp4', metadata: {} })
    store.beforeCall = (call) => {
      if (call.startsWith('get')) throw new PosterframeError('store_unavailable')
    }
    const answer = (request: ProbeRequest) => ('etag' in request ? pinned : { status: 206, headers: FINE })
    const check = await checkObject('get', address, { store, probe: fakeProbe(answer), region: 'us-east-1', signal })
    t.match(check, { name: 'get', status: 'fail', detail, nextStep: /\.$/ }, name)
  }
})

t.test('explains a plain GET that fails', async (t) => {
  for (const [reply, detail, nextStep] of [
    [{ status: 404, code: 'NoSuchKey' }, /'videos' has no object 'a\.mp4'/, /Check the key/],
    [{ status: 404, code: 'NoSuchBucket' }, /no bucket 'videos'/, /correct POSTERFRAME_OUTPUT_BUCKET\.$/],
    [{ status: 403, code: 'InvalidObjectState' }, /archive storage class/, /Restore it/],
    [{ status: 400, code: 'InvalidRequest' }, /SSE-C/, /SSE-KMS/],
    [{ status: 403, code: 'AccessDenied' }, /may not read the object 'a\.mp4'/, /s3:GetObject on arn:aws:s3:::videos\/a\.mp4/]
  ] as const) {
    const reader = { store: new MemoryStore(), probe: fakeProbe(() => reply), region: 'us-east-1', signal }
    t.match(await checkObject('get', address, reader), { status: 'fail', detail, nextStep }, reply.code)
  }
})
