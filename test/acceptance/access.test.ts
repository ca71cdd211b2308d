import { execFile } from 'node:child_process'
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { request } from 'node:http'
import { promisify } from 'node:util'
import sharp from 'sharp'
import t from 'tap'
import { H264, makeBarcodeVideo } from '../support/videos.ts'
import { startPosterframe } from './posterframe.ts'

const makeKey = async (name: string) => {
  const { stdout } = await promisify(execFile)(process.execPath, ['src/cli.ts', 'key', name])
  const [, key = '', list = ''] = /^key {2}(\S+)\n\nPOSTERFRAME_API_KEYS='(.*)'\n$/.exec(stdout) ?? []
  const [entry = {}] = JSON.parse(list) as object[]
  return { key, entry }
}

/** Signs a URL as in docs/signing.md, without code of the service. */
function sign (secret: Buffer, parameters: Record<string, string | number>): string {
  const query = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .sort()
    .join('&')
  return `/v1/thumbnails?${query}&signature=${createHmac('sha256', secret).update(`GET\n/v1/thumbnails\n${query}`).digest('base64url')}`
}

t.test('applies API keys, presets, signed URLs and the host allow-list', async (t) => {
  const [all, tenant] = await Promise.all([makeKey('all'), makeKey('tenant')])
  const secret = randomBytes(32)
  const service = await startPosterframe(t, {
    POSTERFRAME_AUTH: 'api-key',
    POSTERFRAME_API_KEYS: JSON.stringify([
      { ...all.entry, verbs: ['read', 'write', 'operate'] },
      { ...tenant.entry, prefixes: ['tenant/'], verbs: ['read'] }
    ]),
    POSTERFRAME_SIGNING_SECRETS: `k1:${secret.toString('base64url')}`,
    POSTERFRAME_PRESETS: '{"poster":{"timestamp":"0.5","width":64}}',
    POSTERFRAME_ANONYMOUS_GET: 'presets',
    POSTERFRAME_LOG_LEVEL: 'trace'
  })
  for (const prefix of ['tenant', 'other']) {
    await mkdir(`${service.directory}/data/videos/${prefix}`, { recursive: true })
    await makeBarcodeVideo(`${service.directory}/data/videos/${prefix}`, 'a.mp4', {
      seconds: 1,
      framesPerSecond: 25,
      args: H264
    })
  }
  const headers = (key: string) => ({ headers: { 'x-api-key': key } })
  const post = (key: string, body: object) =>
    service.call('/v1/thumbnails', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body)
    })

  t.match(await service.makeFromKey('tenant/a.mp4'), { status: 401, body: { code: 'unauthenticated' } })
  t.match(await post(all.key, { key: 'tenant/a.mp4', width: 64 }), { status: 201, body: { width: 64 } })
  t.match(await post(tenant.key, { key: 'tenant/a.mp4' }), { status: 403, body: { code: 'forbidden_action' } })
  t.match(await service.call('/v1/thumbnails?key=tenant%2Fa.mp4&width=32', headers(tenant.key)), { status: 302 })
  for (const key of ['other/a.mp4', 'other/none.mp4', 'tenant/../other/a.mp4']) {
    t.match(
      await service.call(`/v1/thumbnails?key=${encodeURIComponent(key)}`, headers(tenant.key)),
      { status: 403, body: { code: 'forbidden_key' } },
      key
    )
  }

  const signedUntil = Math.floor(Date.now() / 1000) + 600
  const signed = await service.call(
    sign(secret, { key: 'other/a.mp4', timestamp: '50%', width: 48, keyId: 'k1', signedUntil })
  )
  t.equal(signed.status, 302)
  const picture = await fetch(signed.headers.get('location') ?? '')
  t.match(await sharp(Buffer.from(await picture.arrayBuffer())).metadata(), { format: 'jpeg', width: 48 })
  t.match(await service.call(sign(randomBytes(32), { key: 'other/a.mp4', keyId: 'k1', signedUntil })), {
    status: 400,
    body: { code: 'invalid_signature' }
  })

  t.match(await service.call('/v1/thumbnails?key=other%2Fa.mp4&preset=poster'), { status: 302 })
  t.match(await service.call('/v1/thumbnails?key=other%2Fa.mp4&preset=poster&width=32'), { status: 401 })
  t.match(await service.call('/readyz'), { status: 200, body: { ready: true, checks: undefined } })
  t.match(await service.call('/readyz', headers(all.key)), { status: 200, body: { checks: { store: { ok: true } } } })

  t.equal(
    await requestAs('evil.example', `${service.base}/v1/thumbnails?key=other%2Fa.mp4&preset=poster`),
    400,
    'a host name outside the allow-list'
  )
  t.equal(await requestAs('localhost', `${service.base}/v1/thumbnails?key=other%2Fa.mp4&preset=poster`), 302)

  const log = service.output()
  t.match(log, /incoming request/)
  for (const word of [
    all.key,
    tenant.key,
    secret.toString('base64url'),
    createHash('sha256').update(all.key).digest('hex')
  ]) { t.notOk(log.includes(word)) }
  t.notMatch(log, /signature=(?!\*\*\*)/)
})

/** Returns the status of a GET with another `Host` header, which fetch would not send. */
async function requestAs (host: string, url: string): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

t.test('rejects invalid API keys at the start, without logging them', async (t) => {
  for (const env of [
    { POSTERFRAME_AUTH: 'api-key' },
    { POSTERFRAME_AUTH: 'api-key', POSTERFRAME_API_KEYS: '[{"name":"a","key":"pfk_SECRET"}]' }
  ]) {
    const error = (await startPosterframe(t, env).catch((caught: unknown) => caught as Error)) as Error
    t.match(error.message, /POSTERFRAME_API_KEYS must/)
    t.notMatch(error.message, /SECRET/)
  }
})
