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
const error = { code: 'invalid_upload_token' }

t.test('returns the claims of a token to the caller that it was signed for', async (t) => {
  for (const caller of ['web', undefined]) {
    t.same(verifyUploadToken(secret, signUploadToken(secret, claims, caller), caller, now), claims)
  }
})

t.test('rejects the token of another caller', async (t) => {
  const names = ['web', 'web2', '', 'null', 'jwt:web', undefined]
  for (const owner of names) {
    const token = signUploadToken(secret, claims, owner)
    for (const caller of names.filter((name) => name !== owner)) {
      t.throws(() => verifyUploadToken(secret, token, caller, now), error)
    }
  }
})

t.test('rejects a token that was changed, has expired, or was signed with another secret', async (t) => {
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
  for (const bad of changes) t.throws(() => verifyUploadToken(secret, bad, 'web', now), error, bad.slice(-20))
  t.throws(() => verifyUploadToken(randomBytes(32), token, 'web', now), error)
  t.throws(() => verifyUploadToken(secret, token, 'web', new Date(claims.expires * 1000)), error)
  t.doesNotThrow(() => verifyUploadToken(secret, token, 'web', new Date(claims.expires * 1000 - 1)))
})
