import { randomBytes } from 'node:crypto'
import t from 'tap'
import { signUploadToken, verifyUploadToken } from '../../src/uploads/upload-token.ts'

const secret = randomBytes(32)
const now = new Date()
const claims = {
  bucket: 'videos',
  key: 'uploads/0/a.mp4',
  uploadId: '2~abc',
  bytes: 100,
  partBytes: 16,
  expires: Math.floor(now.getTime() / 1000) + 60
}
const refusal = { code: 'invalid_upload_token' }

t.test('a token says again what was signed, to the caller that it was made for', async (t) => {
  for (const caller of ['web', undefined]) {
    t.same(verifyUploadToken(secret, signUploadToken(secret, claims, caller), caller, now), claims)
  }
})

t.test('a token of somebody else is refused', async (t) => {
  const names = ['web', 'web2', '', 'null', 'jwt:web', undefined]
  for (const owner of names) {
    const token = signUploadToken(secret, claims, owner)
    for (const caller of names.filter((name) => name !== owner)) {
      t.throws(() => verifyUploadToken(secret, token, caller, now), refusal)
    }
  }
})

t.test('a token that was changed, has expired, or was signed with another secret is refused', async (t) => {
  const token = signUploadToken(secret, claims, 'web')
  const [text = '', signature = ''] = token.split('.')
  const forged = Buffer.from(JSON.stringify({ ...claims, key: 'uploads/1/b.mp4' })).toString('base64url')
  const changes = [
    `${forged}.${signature}`,
    `${text}.`,
    `${text}.${signature}.`,
    `${text}.${signature}=`,
    text,
    '',
    '.',
    'a.b',
    `.${signature}`,
    `${text}.${signature.slice(1)}`,
    `${signature}.${text}`
  ]
  for (const bad of changes) t.throws(() => verifyUploadToken(secret, bad, 'web', now), refusal, bad.slice(-20))
  t.throws(() => verifyUploadToken(randomBytes(32), token, 'web', now), refusal)
  t.throws(() => verifyUploadToken(secret, token, 'web', new Date(claims.expires * 1000)), refusal)
  t.doesNotThrow(() => verifyUploadToken(secret, token, 'web', new Date(claims.expires * 1000 - 1)))
})
