import t from 'tap'
import {
  checkClock,
  checkCredentials,
  checkEndpoint,
  checkRegion,
  checkRepeats
} from '../../src/doctor/check-settings.ts'
import { fakeProbe, fakeReply } from '../support/fake-probe.ts'

t.test('the region must be set', async (t) => {
  t.match(await checkRegion(fakeProbe()), { status: 'ok', detail: /us-east-1/ })
  const missing = fakeProbe(undefined, { readRegion: async () => ({ problem: 'Region is missing' }) })
  t.match(await checkRegion(missing), { status: 'fail', nextStep: /^Set AWS_REGION/ })
})

t.test('credentials must be there and valid, and only the end of the key is shown', async (t) => {
  const now = Date.parse('2026-05-01T12:00:00Z')
  const withExpiry = (expiration: Date | undefined) =>
    fakeProbe(undefined, { readCredentials: async () => ({ value: { accessKeyId: 'AKIDSECRETTAIL', expiration } }) })
  const lasting = await checkCredentials(withExpiry(undefined), { now })
  t.match(lasting, { status: 'ok', detail: /ends in TAIL/ })
  t.notMatch(lasting.detail, /AKID/)
  t.match(await checkCredentials(withExpiry(new Date(now + 1)), { now }), { status: 'ok', detail: /2026-05-01T12:00/ })
  t.match(await checkCredentials(withExpiry(new Date(now - 1)), { now }), { status: 'fail', detail: /has expired/ })
  const missing = fakeProbe(undefined, { readCredentials: async () => ({ problem: 'None found.' }) })
  t.match(await checkCredentials(missing), { status: 'fail', detail: /\(None found\)\.$/, nextStep: /AWS_PROFILE/ })
  t.match(await checkCredentials(missing, { profile: 'nosuch' }), {
    status: 'fail',
    detail: "AWS_PROFILE is 'nosuch', for which no credentials were found (None found).",
    nextStep: /^Correct AWS_PROFILE/
  })
})

t.test('the endpoint must respond, under a name that browsers can resolve', async (t) => {
  t.match(await checkEndpoint(fakeReply(), undefined), { status: 'ok' })
  t.match(await checkEndpoint(fakeReply({ status: 403 }), undefined), { status: 'ok' }, 'any response will do')
  const inner = fakeReply({ origin: 'http://minio:9000' })
  t.match(await checkEndpoint(inner, undefined), { status: 'warn', nextStep: /POSTERFRAME_S3_PUBLIC_ENDPOINT/ })
  t.match(await checkEndpoint(fakeReply({ origin: 'http://localhost:9000' }), undefined), { status: 'ok' })
  for (const [code, detail, nextStep] of [
    ['ENOTFOUND', /cannot be resolved/, /POSTERFRAME_S3_FORCE_PATH_STYLE=true/],
    ['ECONNREFUSED', /Nothing listens at https:\/\/s3\.example/, /Start the store/],
    ['EPROTO', /does not speak TLS/, /http:\/\//],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /not trusted/, /NODE_EXTRA_CA_CERTS/],
    ['ETIMEDOUT', /did not respond/, /firewalls/]
  ] as const) {
    const check = await checkEndpoint(fakeReply({ status: undefined, code }), undefined)
    t.match(check, { status: 'fail', detail, nextStep }, code)
  }
  const unbuilt = fakeReply({ status: undefined, code: 'ERR_INVALID_URL', origin: undefined })
  t.match(await checkEndpoint(unbuilt, undefined), { status: 'fail', detail: /could not build a request/ })
})

t.test('the public endpoint must have a name that can be resolved', async (t) => {
  const resolved: string[] = []
  const check = async (endpoint: string, code?: string) =>
    await checkEndpoint(fakeReply({ origin: 'http://minio:9000' }), endpoint, async (hostname) => {
      resolved.push(hostname)
      if (code !== undefined) throw Object.assign(new Error('not found'), { code })
    })
  t.match(await check('https://s3.example'), { status: 'ok', detail: /signed for https:\/\/s3\.example/ })
  t.match(await check('http://[::1]:9000'), { status: 'ok' })
  t.match(await check('https://s3.exmaple', 'ENOTFOUND'), {
    status: 'warn',
    detail: /'s3\.exmaple', which this machine cannot resolve \(ENOTFOUND\)\.$/,
    nextStep: /^Correct POSTERFRAME_S3_PUBLIC_ENDPOINT/
  })
  t.match(await check('http://minio:9000'), { status: 'warn', detail: /'minio', which browsers cannot resolve/ })
  t.strictSame(resolved, ['s3.example', '::1', 's3.exmaple'])
})

t.test('the largest difference of the clocks counts', async (t) => {
  const check = (...skews: Array<number | undefined>) => checkClock(skews.map((skewMs) => fakeReply({ skewMs })))
  t.match(check(0, 1000, -2000), { status: 'ok', detail: /by 2 s/ })
  t.match(check(0, -61_000), { status: 'warn', detail: /61 s ahead of/ })
  t.match(check(3_600_000, 0), { status: 'warn', detail: /3600 s behind .* signed by the clock of the store/ })
  t.match(check(undefined), { status: 'warn', detail: /no Date header/ })
  const denied = fakeReply({ status: 403, code: 'RequestTimeTooSkewed' })
  t.match(checkClock([denied]), { status: 'fail', nextStep: /clock of the store/ })
})

t.test('reports requests that had to be repeated', async (t) => {
  t.equal(checkRepeats([fakeReply(), fakeReply({ statuses: [403, 200] })]), undefined, 'not those with a new time')
  const replies = [fakeReply(), fakeReply({ statuses: [503, 200] }), fakeReply({ statuses: [429, 503, 200] })]
  t.match(checkRepeats(replies), { status: 'warn', detail: /^2 of 3 requests .* 503 and 429\.$/ })
})
