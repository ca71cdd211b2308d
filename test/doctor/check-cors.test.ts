import t from 'tap'
import { checkCors } from '../../src/doctor/check-cors.ts'
import type { CorsRule } from '../../src/store/store-probe.ts'
import { fakeProbe } from '../support/fake-probe.ts'

const { signal } = new AbortController()
const ORIGIN = 'https://www.example.com'
const rule = (members: Partial<CorsRule> = {}): CorsRule => ({
  origins: [ORIGIN],
  methods: ['POST', 'PUT'],
  headers: ['content-type'],
  exposedHeaders: [],
  ...members
})
const check = async (corsRules: readonly CorsRule[], method: 'post' | 'put' = 'post') =>
  await checkCors('videos', [ORIGIN], { probe: fakeProbe(() => ({ corsRules })), signal, method })

t.test('accepts rules that let every origin send forms and parts', async (t) => {
  for (const rules of [
    [rule()],
    [rule({ origins: ['*'], headers: ['*'] })],
    [rule({ origins: ['https://*.example.com'], headers: ['Content-*'] })],
    [rule({ methods: ['PUT'] }), rule({ methods: ['POST', 'GET'] })]
  ]) {
    t.match(await check(rules), { status: 'ok' }, JSON.stringify(rules))
  }
})

t.test('says which requests are blocked, and the rule that allows them', async (t) => {
  const nextStep = /"AllowedOrigins":\["https:\/\/www\.example\.com"\],"AllowedMethods":\["POST","PUT"\]/
  t.match(await check([]), { status: 'warn', detail: /has no CORS rule, so browsers block POST .*, PUT /, nextStep })
  t.match(await check([rule({ methods: ['PUT'] })]), { status: 'warn', detail: /block POST from [^,]*\.$/, nextStep })
  for (const wrong of [{ origins: ['https://other.example'] }, { headers: [] }, { origins: ['https://www.example.com/*'] }]) {
    t.match(await check([rule(wrong)]), { status: 'warn', detail: /do not fit/, nextStep })
  }
})

t.test('needs the header of the metadata if files are sent by PUT', async (t) => {
  const nextStep = /"AllowedHeaders":\["content-type","x-amz-meta-filename"\]/
  t.match(await check([rule()], 'put'), { status: 'warn', detail: /do not fit/, nextStep })
  for (const headers of [['content-type', 'X-Amz-Meta-Filename'], ['content-type', 'x-amz-*'], ['*']]) {
    t.match(await check([rule({ headers })], 'put'), { status: 'ok' }, headers.join())
  }
})

t.test('needs no rule without origins, and says so if the rules cannot be read', async (t) => {
  const probe = fakeProbe(() => ({ status: 403, code: 'AccessDenied' }))
  t.match(await checkCors('videos', [], { probe, signal, method: 'post' }), { status: 'ok', detail: /^Not needed/ })
  t.strictSame(probe.requests, [])
  t.match(await checkCors('videos', [ORIGIN], { probe, signal, method: 'post' }), {
    status: 'warn',
    detail: /could not be read \(403 AccessDenied\)/,
    nextStep: /s3:GetBucketCORS/
  })
  const none = fakeProbe(() => ({ status: 404, code: 'NoSuchCORSConfiguration' }))
  t.match(await checkCors('videos', [ORIGIN], { probe: none, signal, method: 'post' }), { status: 'warn', detail: /has no CORS rule/ })
})
