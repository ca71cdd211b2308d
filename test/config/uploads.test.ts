import { randomBytes } from 'node:crypto'
import t from 'tap'
import { loadConfig } from '../../src/config/config.ts'

const platform = { cpus: 2, tmpdir: '/tmp', lambda: false }
const load = (env: Record<string, string> = {}, lambda = false) => loadConfig(env, { ...platform, lambda }).uploads
const ON_LAMBDA = {
  POSTERFRAME_OUTPUT_BUCKET: 'thumbnails',
  POSTERFRAME_SOURCE_BUCKETS: 'videos',
  POSTERFRAME_AUTH: 'none'
}

t.test('defaults to the first source bucket for uploads', async (t) => {
  t.match(load(), {
    bucket: 'videos',
    prefix: 'uploads/',
    maxBytes: 50 * 2 ** 30,
    expiresInSeconds: 86_400,
    maxPending: 1000,
    method: 'post',
    mayMakeSecret: true
  })
  t.equal(load().secret, undefined)
  t.match(
    load({
      POSTERFRAME_STORE: 'local',
      POSTERFRAME_SOURCE_BUCKETS: 'a1,b2',
      POSTERFRAME_UPLOAD_BUCKET: 'b2',
      POSTERFRAME_UPLOAD_PREFIX: '/',
      POSTERFRAME_MAX_STORED_UPLOAD_BYTES: '5TiB',
      POSTERFRAME_UPLOAD_EXPIRES_SECONDS: '60',
      POSTERFRAME_UPLOAD_METHOD: 'put',
      POSTERFRAME_MAX_PENDING_UPLOADS_PER_CALLER: '5'
    }),
    { bucket: 'b2', prefix: '', maxBytes: 5 * 2 ** 40, expiresInSeconds: 60, method: 'put', maxPending: 5 }
  )
  const secret = randomBytes(32)
  t.same(load({ POSTERFRAME_UPLOAD_SECRET: secret.toString('base64url') }).secret, secret)
  t.equal(load(ON_LAMBDA, true).mayMakeSecret, false, 'each instance would have a different secret')
})

t.test('names the invalid variables', async (t) => {
  const wrong = {
    POSTERFRAME_UPLOAD_BUCKET: ['thumbnails'],
    POSTERFRAME_UPLOAD_PREFIX: ['../', 'a//b'],
    POSTERFRAME_MAX_STORED_UPLOAD_BYTES: ['0', '6TiB', 'much'],
    POSTERFRAME_UPLOAD_EXPIRES_SECONDS: ['59', '604801'],
    POSTERFRAME_UPLOAD_METHOD: ['PUT', 'patch'],
    POSTERFRAME_MAX_PENDING_UPLOADS_PER_CALLER: ['0', 'many'],
    POSTERFRAME_UPLOAD_SECRET: ['short', randomBytes(31).toString('base64url'), '!'.repeat(64)]
  }
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) t.throws(() => load({ [name]: value }), new RegExp(name), `${name}=${value}`)
  }
})
