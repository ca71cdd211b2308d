// Generates an API key: node scripts/make-key.mjs NAME. Prints the key, which is stored nowhere, and its entry for
// POSTERFRAME_API_KEYS, which contains only its hash.
import { createHash, randomBytes } from 'node:crypto'

const name = process.argv[2] ?? ''
if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) || process.argv.length > 3) {
  process.stderr.write('usage: node scripts/make-key.mjs NAME   (the caller; letters, digits, ., - and _)\n')
  process.exit(64)
}
// The prefix lets the log mask keys and lets secret scanners find committed ones.
const key = `pfk_${randomBytes(32).toString('base64url')}`
const hash = `sha256:${createHash('sha256').update(key).digest('hex')}`
process.stdout.write(`key    ${key}\nentry  ${JSON.stringify({ name, hash, verbs: ['read', 'write'] })}\n`)
