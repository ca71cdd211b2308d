import t from 'tap'
import { removeSecrets } from '../../src/runtime/take-secrets.ts'

const AWS = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'SECRET' }

t.test('removes the secrets and leaves other variables', async (t) => {
  const env = {
    ...AWS,
    AWS_SESSION_TOKEN: 'TOKEN',
    AWS_REGION: 'eu-west-1',
    POSTERFRAME_API_KEYS: '[]',
    POSTERFRAME_SIGNING_SECRETS: 'k1:x',
    POSTERFRAME_UPLOAD_SECRET: 'x',
    POSTERFRAME_AUTH: 'api-key',
    PATH: '/bin'
  }
  t.strictSame(removeSecrets(env), { accessKeyId: 'AKID', secretAccessKey: 'SECRET', sessionToken: 'TOKEN' })
  t.strictSame(env, { AWS_REGION: 'eu-west-1', POSTERFRAME_AUTH: 'api-key', PATH: '/bin' })
})

t.test('returns the expiry of temporary credentials', async (t) => {
  t.strictSame(removeSecrets({ ...AWS, AWS_CREDENTIAL_EXPIRATION: '2026-11-25T12:00:00Z' }), {
    accessKeyId: 'AKID',
    secretAccessKey: 'SECRET',
    expiration: new Date('2026-11-25T12:00:00Z')
  })
})

t.test('leaves variables that the SDK has to resolve itself', async (t) => {
  for (const env of [
    {},
    { AWS_ACCESS_KEY_ID: 'AKID' },
    { ...AWS, AWS_PROFILE: 'work' },
    { ...AWS, AWS_ACCESS_KEY_ID: '' },
    { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/', AWS_CONTAINER_AUTHORIZATION_TOKEN: 'x' }
  ]) {
    const copy = { ...env }
    t.equal(removeSecrets(copy), undefined)
    t.strictSame(copy, env)
  }
})
