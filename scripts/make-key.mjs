// Makes an API key: `node scripts/make-key.mjs NAME`. Prints the key, which is shown once and kept nowhere, and the
// entry of POSTERFRAME_API_KEYS that knows it by its hash.
import { createHash, randomBytes } from 'node:crypto'

const name = process.argv[2] ?? ''
if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) || process.argv.length > 3) {
  process.stderr.write('usage: node scripts/make-key.mjs NAME   (letters, digits, dots, dashes; whose key it is)\n')
  process.exit(64)
}
// The beginning lets logs mask a key wherever it stands, and secret scanners find one that was committed.
const key = `pfk_${randomBytes(32).toString('base64url')}`
const hash = `sha256:${createHash('sha256').update(key).digest('hex')}`
process.stdout.write(`key    ${key}\nentry  ${JSON.stringify({ name, hash, verbs: ['read', 'write'] })}\n`)
