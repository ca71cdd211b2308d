import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { parseSigningSecrets, signThumbnailUrl, verifySignedThumbnail } from '../../src/access/signed-thumbnail-url.ts'

const run = promisify(execFile)
const document = readFileSync('docs/signing.md', 'utf8')
const isThere = (program: string, ...args: string[]) =>
  run(program, args).then(
    () => true,
    () => false
  )

const secret = randomBytes(33).toString('base64url')
const [signing] = parseSigningSecrets(`k1:${secret}`) ?? []
const signedUntil = Math.floor(Date.now() / 1000) + 600
const base = 'https://posters.example/api'
const queries: Array<Record<string, string>> = [
  { key: 'a.mp4' },
  { key: 'videos/a b+c,d%2F/ä日本🎬.mp4', timestamp: '50%', width: '640' },
  { key: '!"#$&\'()*;:=@[]^`{|}~-._\\', bucket: 'my-videos', format: 'webp' },
  { key: 'a=b==', preset: 'poster', timestamp: '-2s' },
  { key: ' leading, trailing, and two  blanks ' }
]

const recipes = [
  { language: 'ts', file: 'sign.ts', program: process.execPath, isAvailable: true },
  { language: 'python', file: 'sign.py', program: 'python3', isAvailable: await isThere('python3', '--version') },
  { language: 'bash', file: 'sign.sh', program: 'bash', isAvailable: await isThere('bash', '-c', 'openssl version') }
]

for (const { language, file, program, isAvailable } of recipes) {
  t.test(
    `the recipe in ${language} signs a URL that the service accepts`,
    { skip: isAvailable ? false : `needs ${program}, and openssl for the shell` },
    async (t) => {
      const [, text = ''] = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'm').exec(document) ?? []
      const path = join(t.testdir(), file)
      writeFileSync(path, text)
      for (const query of queries) {
        const parameters = Object.entries(query).map(([name, value]) => `${name}=${value}`)
        const { stdout } = await run(program, [path, base, 'k1', secret, String(signedUntil), ...parameters])
        t.equal(
          stdout.trimEnd(),
          signing && signThumbnailUrl(signing, { base, query, signedUntil }),
          JSON.stringify(query)
        )
        t.doesNotThrow(() =>
          verifySignedThumbnail(
            signing === undefined ? [] : [signing],
            Object.fromEntries(new URL(stdout.trim()).searchParams),
            new Date()
          )
        )
      }
    }
  )
}

t.test(
  'the command for a secret makes a valid one',
  { skip: (await isThere('openssl', 'version')) ? false : 'needs openssl' },
  async (t) => {
    const [, command = 'false'] = /^```sh\n(openssl rand .*)$/m.exec(document) ?? []
    const { stdout } = await run('bash', ['-c', command])
    t.equal(parseSigningSecrets(`k1:${stdout.trim()}`)?.[0]?.secret.length, 32)
  }
)
