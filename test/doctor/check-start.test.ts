import t from 'tap'
import { loadConfig } from '../../src/config/config.ts'
import { checkStart } from '../../src/doctor/check-start.ts'
import type { ProbeReply } from '../../src/store/store-probe.ts'
import { fakeProbe } from '../support/fake-probe.ts'

const config = loadConfig({ POSTERFRAME_OUTPUT_BUCKET: 'out', POSTERFRAME_SOURCE_BUCKETS: 'one,two' })
const start = async (replies: Readonly<Record<string, Partial<ProbeReply>>>) =>
  await checkStart(config, fakeProbe(({ bucket }) => replies[bucket] ?? {}))
const MISSING = { status: 404 }

t.test('only sends one HEAD to each bucket', async (t) => {
  const probe = fakeProbe()
  t.strictSame(await checkStart(config, probe), { problems: [], warnings: [] })
  t.strictSame(probe.requests.toSorted(), ['head-bucket one', 'head-bucket out', 'head-bucket two'])
  t.strictSame(await checkStart(config, undefined), { problems: [], warnings: [] }, 'the local store has none')
})

t.test('a missing region, or no credentials, end the start without a request', async (t) => {
  for (const settings of [
    { readRegion: async () => ({ problem: 'Region is missing' }) },
    { readCredentials: async () => ({ problem: 'none' }) }
  ]) {
    const probe = fakeProbe(undefined, settings)
    t.match((await checkStart(config, probe)).problems, [/Set AWS_/])
    t.strictSame(probe.requests, [])
  }
})

t.test('a missing output bucket, and source buckets that are all missing, end the start', async (t) => {
  t.match(await start({ out: MISSING }), { problems: [/no bucket 'out'.* correct POSTERFRAME_OUTPUT_BUCKET\.$/] })
  const { problems } = await start({ one: MISSING, two: MISSING })
  t.match(problems, [/no bucket 'one'.* correct POSTERFRAME_SOURCE_BUCKETS\.$/, /no bucket 'two'/])
})

t.test('one bad source bucket, and a store that is down or denies HEAD, are warnings', async (t) => {
  t.match(await start({ one: MISSING }), { problems: { length: 0 }, warnings: [/no bucket 'one'/] })
  t.match(await start({ out: { status: 403 }, one: { status: 301, region: 'eu-west-1' } }), {
    problems: { length: 0 },
    warnings: [/AWS_REGION=eu-west-1/, /may not see the bucket 'out'/]
  })
  const down = { status: undefined, code: 'ECONNREFUSED' }
  const { problems, warnings } = await start({ out: down, one: down, two: down })
  t.strictSame(problems, [])
  t.match(warnings, [/^Nothing listens/])
  t.equal(warnings.length, 1, 'one sentence for the whole store')
})

t.test('an endpoint that is not a URL ends the start', async (t) => {
  const invalid = { status: undefined, code: 'ERR_INVALID_URL', origin: undefined }
  const { problems, warnings } = await start({ out: invalid, one: invalid, two: invalid })
  t.match(problems, [/could not build a request.* AWS_ENDPOINT_URL_S3, which must be a URL/])
  t.strictSame([problems.length, warnings], [1, []])
})

t.test('a HEAD that is denied without a code may be due to a wrong key', async (t) => {
  const { warnings } = await start({ out: { status: 403 }, one: { status: 403, code: 'AccessDenied' } })
  const hint = /The access key or its secret may also be wrong: `posterframe doctor` finds out\.$/
  t.notMatch(warnings[0], hint)
  t.match(warnings[1], hint)
})

t.test('missing credentials of a profile name it', async (t) => {
  const probe = fakeProbe(undefined, { readCredentials: async () => ({ problem: 'none' }) })
  t.match(await checkStart(config, probe, 'nosuch'), { problems: [/^AWS_PROFILE is 'nosuch', for which no credentials/] })
})

t.test('a store that does not respond is a warning', async (t) => {
  const probe = fakeProbe(undefined, {
    ask: async () => {
      throw new DOMException('timed out', 'TimeoutError')
    }
  })
  t.match(await checkStart(config, probe), { problems: { length: 0 }, warnings: [/did not respond within 5 s/, /.*/, /.*/] })
})
